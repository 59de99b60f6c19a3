CREATE TABLE "acquisition"."lateness" (
	"platform" text NOT NULL,
	"seconds_max" integer NOT NULL,
	"rows" bigint NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "lateness_platform_seconds_max_pk" PRIMARY KEY("platform","seconds_max")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."platform_state" (
	"platform" text PRIMARY KEY NOT NULL,
	"failures_in_a_row" integer DEFAULT 0 NOT NULL,
	"last_reason" text,
	"retry_at" timestamp with time zone,
	"overlap_seconds" integer,
	"probed_at" timestamp with time zone,
	"clock_skew_ms" bigint,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "acquisition"."push_request" (
	"request_key" uuid NOT NULL,
	"part" integer NOT NULL,
	"body_digest" "bytea" NOT NULL,
	"batch_id" uuid,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "push_request_request_key_part_pk" PRIMARY KEY("request_key","part")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."reconciliation" (
	"reconciliation_id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"from_day" date NOT NULL,
	"until_day" date NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"requested_by" text NOT NULL,
	"queued_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"days" json NOT NULL,
	"repair_pull_id" uuid,
	"proof" json
);
--> statement-breakpoint
CREATE TABLE "acquisition"."reconciliation_difference" (
	"record_key" uuid NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"record_id" text NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"here" json,
	"there" json,
	CONSTRAINT "reconciliation_difference_record_key_reconciliation_id_pk" PRIMARY KEY("record_key","reconciliation_id")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."upload" (
	"upload_id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"media_type" text NOT NULL,
	"settings" jsonb NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"parts" integer NOT NULL,
	"rows_total" integer,
	"rows_done" integer DEFAULT 0 NOT NULL,
	"counts" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "acquisition"."upload_batch" (
	"upload_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"batch_id" uuid NOT NULL,
	"rows" integer NOT NULL,
	CONSTRAINT "upload_batch_upload_id_part_pk" PRIMARY KEY("upload_id","part")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."upload_finding" (
	"upload_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"column_name" text NOT NULL,
	"code" text NOT NULL,
	CONSTRAINT "upload_finding_upload_id_row_number_column_name_pk" PRIMARY KEY("upload_id","row_number","column_name")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."upload_part" (
	"upload_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"sealed" "bytea" NOT NULL,
	"retain_until" date NOT NULL,
	CONSTRAINT "upload_part_upload_id_part_pk" PRIMARY KEY("upload_id","part")
);
--> statement-breakpoint
CREATE TABLE "admission"."finding" (
	"record_key" uuid NOT NULL,
	"code" text NOT NULL,
	"other_record_key" uuid NOT NULL,
	"practitioner_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	CONSTRAINT "finding_record_key_code_other_record_key_pk" PRIMARY KEY("record_key","code","other_record_key")
);
--> statement-breakpoint
CREATE TABLE "admission"."name_alias" (
	"practitioner_id" uuid NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"decision_id" uuid NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "name_alias_practitioner_id_name_digest_decision_id_pk" PRIMARY KEY("practitioner_id","name_digest","decision_id")
);
--> statement-breakpoint
CREATE TABLE "admission"."person_merge" (
	"practitioner_id" uuid NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_id" uuid NOT NULL,
	"into_practitioner_id" uuid,
	"reason" text NOT NULL,
	"document" text,
	"actor" text NOT NULL,
	CONSTRAINT "person_merge_practitioner_id_decided_at_decision_id_pk" PRIMARY KEY("practitioner_id","decided_at","decision_id")
);
--> statement-breakpoint
CREATE TABLE "admission"."readmission" (
	"readmission_id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"state" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"counts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admission"."readmission_change" (
	"record_key" uuid NOT NULL,
	"readmission_id" uuid NOT NULL,
	"update_time" timestamp with time zone NOT NULL,
	"content_digest" "bytea" NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"before" json,
	"after" json,
	CONSTRAINT "readmission_change_record_key_readmission_id_update_time_content_digest_pk" PRIMARY KEY("record_key","readmission_id","update_time","content_digest")
);
--> statement-breakpoint
CREATE TABLE "admission"."row_decision" (
	"record_key" uuid NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_id" uuid NOT NULL,
	"update_time" timestamp with time zone NOT NULL,
	"content_digest" "bytea" NOT NULL,
	"kind" text NOT NULL,
	"undoes" uuid,
	"corrected_digest" "bytea",
	"reason" text NOT NULL,
	"document" text,
	"actor" text NOT NULL,
	CONSTRAINT "row_decision_record_key_decided_at_decision_id_pk" PRIMARY KEY("record_key","decided_at","decision_id")
);
--> statement-breakpoint
DROP INDEX "acquisition"."pull_waiting";--> statement-breakpoint
ALTER TABLE "acquisition"."pull" ADD COLUMN "kind" text DEFAULT 'incremental' NOT NULL;--> statement-breakpoint
ALTER TABLE "acquisition"."pull" ADD COLUMN "from_day" date;--> statement-breakpoint
ALTER TABLE "acquisition"."pull" ADD COLUMN "until_day" date;--> statement-breakpoint
ALTER TABLE "acquisition"."pull" ADD COLUMN "requested_by" text;--> statement-breakpoint
ALTER TABLE "admission"."identity" ADD COLUMN "name_variant_digest" "bytea";--> statement-breakpoint
ALTER TABLE "admission"."version" ADD COLUMN "name_variant_digest" "bytea";--> statement-breakpoint
ALTER TABLE "admission"."version" ADD COLUMN "voided_by" uuid;--> statement-breakpoint
CREATE INDEX "push_request_received" ON "acquisition"."push_request" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "reconciliation_platform" ON "acquisition"."reconciliation" USING btree ("platform","queued_at");--> statement-breakpoint
CREATE INDEX "reconciliation_difference_run" ON "acquisition"."reconciliation_difference" USING btree ("reconciliation_id","record_key");--> statement-breakpoint
CREATE INDEX "upload_content" ON "acquisition"."upload" USING btree ("source","sha256");--> statement-breakpoint
CREATE INDEX "upload_open" ON "acquisition"."upload" USING btree ("received_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "upload_part_retain_until" ON "acquisition"."upload_part" USING btree ("retain_until");--> statement-breakpoint
CREATE INDEX "person_merge_into" ON "admission"."person_merge" USING btree ("into_practitioner_id");--> statement-breakpoint
CREATE INDEX "readmission_change_run" ON "admission"."readmission_change" USING btree ("readmission_id","record_key");--> statement-breakpoint
CREATE INDEX "version_source_update_time" ON "admission"."version" USING btree ("source","update_time");--> statement-breakpoint
CREATE INDEX "record_state_held" ON "projection"."record_state" USING btree ("record_key") WHERE state = 'held';--> statement-breakpoint
CREATE UNIQUE INDEX "pull_waiting" ON "acquisition"."pull" USING btree ("platform") WHERE state = 'queued' and kind <> 'backfill';--> statement-breakpoint
GRANT SELECT, INSERT ON acquisition.platform_state, acquisition.lateness, acquisition.push_request, acquisition.upload, acquisition.upload_part, acquisition.upload_batch, acquisition.upload_finding, acquisition.reconciliation, acquisition.reconciliation_difference, admission.row_decision, admission.name_alias, admission.person_merge, admission.finding, admission.readmission, admission.readmission_change TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE ON acquisition.platform_state, acquisition.lateness, acquisition.upload, acquisition.reconciliation, admission.readmission TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE (withdrawn_at) ON admission.name_alias TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE (voided_by, status, hours_hundredths, subject_code, subject_basis, title, provider, obtained_on, studied_from, studied_until, attributed_year, year_basis, pathway, assessed_on, flags) ON admission.version TO xueshi_ingestion;
--> statement-breakpoint
GRANT DELETE ON acquisition.push_request, acquisition.upload_part, acquisition.upload_finding TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT ON ledger.entry, classification.decision TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT ON admission.row_decision, admission.name_alias, admission.person_merge, admission.finding TO xueshi_ledger;
--> statement-breakpoint
CREATE TRIGGER row_decision_append_only BEFORE UPDATE OR DELETE ON admission.row_decision FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER row_decision_no_truncate BEFORE TRUNCATE ON admission.row_decision FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER person_merge_append_only BEFORE UPDATE OR DELETE ON admission.person_merge FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER person_merge_no_truncate BEFORE TRUNCATE ON admission.person_merge FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
