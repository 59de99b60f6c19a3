CREATE TABLE "access"."installation" (
	"installation" smallint PRIMARY KEY NOT NULL,
	"suite" text NOT NULL,
	"index_fingerprint" "bytea" NOT NULL,
	"master_fingerprint" "bytea" NOT NULL,
	"stated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
GRANT SELECT, INSERT ON access.installation TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT ON access.installation TO xueshi_query;
--> statement-breakpoint
CREATE TRIGGER installation_append_only BEFORE UPDATE OR DELETE ON access.installation
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER installation_no_truncate BEFORE TRUNCATE ON access.installation
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
