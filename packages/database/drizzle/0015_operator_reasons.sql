-- Entries of rows that were read anew carry the operator's reason, which the re-admission has.
GRANT SELECT ON admission.readmission TO xueshi_ledger;
