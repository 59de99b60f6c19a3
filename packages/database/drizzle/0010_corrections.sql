CREATE TABLE "classification"."correction_decision" (
	"record_key" uuid NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_id" uuid NOT NULL,
	"undoes" uuid,
	"revokes" text,
	"changes" json NOT NULL,
	"note" text NOT NULL,
	"actor" text NOT NULL,
	CONSTRAINT "correction_decision_record_key_decided_at_decision_id_pk" PRIMARY KEY("record_key","decided_at","decision_id")
);
--> statement-breakpoint
CREATE TABLE "ledger"."correction" (
	"correction_id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"document" text,
	"filter" json,
	"changes" json,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"request_digest" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."correction_record" (
	"record_key" uuid NOT NULL,
	"correction_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"outcome" text NOT NULL,
	"before" json,
	"after" json,
	CONSTRAINT "correction_record_record_key_correction_id_step_pk" PRIMARY KEY("record_key","correction_id","step")
);
--> statement-breakpoint
CREATE TABLE "ledger"."correction_step" (
	"correction_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"kind" text NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"reason" text,
	"preview" json,
	"preview_digest" "bytea",
	"posting_ids" uuid[],
	CONSTRAINT "correction_step_correction_id_step_pk" PRIMARY KEY("correction_id","step")
);
--> statement-breakpoint
ALTER TABLE "classification"."decision" ADD COLUMN "topic" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "classification"."decision" ADD COLUMN "undoes" uuid;--> statement-breakpoint
CREATE INDEX "correction_proposed" ON "ledger"."correction" USING btree ("proposed_at","correction_id");--> statement-breakpoint
CREATE INDEX "correction_record_list" ON "ledger"."correction_record" USING btree ("correction_id","step","record_key");
--> statement-breakpoint
GRANT SELECT, INSERT ON ledger.correction, ledger.correction_step, ledger.correction_record, classification.correction_decision TO xueshi_ledger;
--> statement-breakpoint
CREATE TRIGGER correction_append_only BEFORE UPDATE OR DELETE ON ledger.correction FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_no_truncate BEFORE TRUNCATE ON ledger.correction FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_step_append_only BEFORE UPDATE OR DELETE ON ledger.correction_step FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_step_no_truncate BEFORE TRUNCATE ON ledger.correction_step FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_record_append_only BEFORE UPDATE OR DELETE ON ledger.correction_record FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_record_no_truncate BEFORE TRUNCATE ON ledger.correction_record FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_decision_append_only BEFORE UPDATE OR DELETE ON classification.correction_decision FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER correction_decision_no_truncate BEFORE TRUNCATE ON classification.correction_decision FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
