-- The list of what a re-admission changed goes when its days are over.
GRANT DELETE ON admission.readmission_change TO xueshi_ingestion;
