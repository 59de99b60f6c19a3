CREATE TABLE "ledger"."duplicate_decision" (
	"record_key" uuid NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_id" uuid NOT NULL,
	"undoes" uuid,
	"kind" text NOT NULL,
	"record_keys" uuid[] NOT NULL,
	"reason" text NOT NULL,
	"document" text,
	"actor" text NOT NULL,
	CONSTRAINT "duplicate_decision_record_key_decided_at_decision_id_pk" PRIMARY KEY("record_key","decided_at","decision_id")
);
--> statement-breakpoint
DROP INDEX "ledger"."correction_proposed";--> statement-breakpoint
ALTER TABLE "ledger"."correction" ADD COLUMN "record_sets" json;--> statement-breakpoint
CREATE INDEX "correction_sets_proposed" ON "ledger"."correction" USING btree ("proposed_at","correction_id") WHERE record_sets is not null;--> statement-breakpoint
CREATE INDEX "correction_proposed" ON "ledger"."correction" USING btree ("proposed_at","correction_id") WHERE record_sets is null;
--> statement-breakpoint
GRANT SELECT, INSERT ON ledger.duplicate_decision TO xueshi_ledger;
--> statement-breakpoint
-- Why a record does not count is told with what an operator decided of it.
GRANT SELECT ON ledger.duplicate_decision TO xueshi_ingestion, xueshi_query;
--> statement-breakpoint
CREATE TRIGGER duplicate_decision_append_only BEFORE UPDATE OR DELETE ON ledger.duplicate_decision FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER duplicate_decision_no_truncate BEFORE TRUNCATE ON ledger.duplicate_decision FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
