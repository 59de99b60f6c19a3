CREATE TABLE "admission"."erasure" (
	"practitioner_id" uuid NOT NULL,
	"erasure_id" uuid NOT NULL,
	"practitioner_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"document" text NOT NULL,
	"basis" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"request_digest" "bytea" NOT NULL,
	"preview" json NOT NULL,
	"progress" json NOT NULL,
	CONSTRAINT "erasure_practitioner_id_erasure_id_pk" PRIMARY KEY("practitioner_id","erasure_id")
);
--> statement-breakpoint
CREATE TABLE "admission"."tombstone" (
	"practitioner_id" uuid PRIMARY KEY NOT NULL,
	"erasure_id" uuid NOT NULL,
	"erased_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"document" text NOT NULL,
	"basis" text NOT NULL,
	"actor" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "erasure_proposed" ON "admission"."erasure" USING btree ("proposed_at","erasure_id");
--> statement-breakpoint
CREATE TRIGGER tombstone_append_only BEFORE UPDATE OR DELETE ON admission.tombstone FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER tombstone_no_truncate BEFORE TRUNCATE ON admission.tombstone FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
GRANT SELECT, INSERT ON admission.tombstone TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT ON admission.tombstone TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON admission.erasure TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE (name_digest, name_variant_digest, note) ON admission.version TO xueshi_ingestion;
--> statement-breakpoint
GRANT DELETE ON admission.name_alias TO xueshi_ingestion;

--> statement-breakpoint
CREATE TRIGGER version_person_only_blanked BEFORE UPDATE OF name_digest, name_variant_digest, note ON admission.version FOR EACH ROW
  WHEN (NEW.name_digest <> ''::bytea OR NEW.name_variant_digest IS NOT NULL OR NEW.note IS NOT NULL) EXECUTE FUNCTION ledger.refuse_change();
