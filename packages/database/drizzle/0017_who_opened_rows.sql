CREATE TABLE "admission"."row_access" (
	"practitioner_id" uuid NOT NULL,
	"accessed_at" timestamp with time zone NOT NULL,
	"access_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"record_key" uuid NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "row_access_practitioner_id_accessed_at_access_id_pk" PRIMARY KEY("practitioner_id","accessed_at","access_id")
);

--> statement-breakpoint
CREATE TRIGGER row_access_append_only BEFORE UPDATE OR DELETE ON admission.row_access FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER row_access_no_truncate BEFORE TRUNCATE ON admission.row_access FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
GRANT SELECT, INSERT ON admission.row_access TO xueshi_ingestion;
