-- What the application roles may do, and what nobody may do to the ledger. Group roles are made once per cluster
-- by migrateDatabase before this runs; logins of services are members of exactly one of them.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
--> statement-breakpoint
GRANT USAGE ON SCHEMA access, acquisition, admission, ledger, projection, requirement TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA acquisition, admission TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE ON acquisition.pull, acquisition.pull_cursor, acquisition.catalogue TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE ON admission.identity TO xueshi_ingestion;
--> statement-breakpoint
GRANT UPDATE (occurrences) ON admission.version, admission.refusal TO xueshi_ingestion;
--> statement-breakpoint
GRANT DELETE ON acquisition.raw_page TO xueshi_ingestion;
--> statement-breakpoint
GRANT SELECT ON projection.record_state, access.api_key, requirement.activation, ledger.platform_mark TO xueshi_ingestion;
--> statement-breakpoint
GRANT USAGE ON SCHEMA access, acquisition, admission, classification, ledger, projection, requirement TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA access, acquisition, admission, requirement TO xueshi_ledger;
--> statement-breakpoint
REVOKE SELECT ON acquisition.raw_page FROM xueshi_ledger;
--> statement-breakpoint
GRANT UPDATE (posted_at) ON acquisition.batch TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA classification, ledger TO xueshi_ledger;
--> statement-breakpoint
GRANT UPDATE ON ledger.head TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA projection TO xueshi_ledger;
--> statement-breakpoint
GRANT USAGE ON SCHEMA access, ledger, projection, requirement, verdict TO xueshi_query;
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA access, ledger, projection, requirement TO xueshi_query;
--> statement-breakpoint
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA verdict TO xueshi_query;
--> statement-breakpoint
CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', HINT = 'Correct with a reversal and a new posting.';
END
$$;
--> statement-breakpoint
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON ledger.entry FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON ledger.posting FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON ledger.posting FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER platform_mark_append_only BEFORE UPDATE OR DELETE ON ledger.platform_mark FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER platform_mark_no_truncate BEFORE TRUNCATE ON ledger.platform_mark FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON classification.decision FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON classification.decision FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER activation_append_only BEFORE UPDATE OR DELETE ON requirement.activation FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER activation_no_truncate BEFORE TRUNCATE ON requirement.activation FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER kept_verdict_append_only BEFORE UPDATE OR DELETE ON verdict.kept_verdict FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER kept_verdict_no_truncate BEFORE TRUNCATE ON verdict.kept_verdict FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON verdict.access_log FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER access_log_no_truncate BEFORE TRUNCATE ON verdict.access_log FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
ALTER TABLE ledger.entry
  ADD CONSTRAINT entry_kind CHECK (kind IN ('posting', 'reversal', 'identity')),
  ADD CONSTRAINT entry_reversal CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
  ADD CONSTRAINT entry_hash_length CHECK (octet_length(hash) = 32),
  ADD CONSTRAINT entry_sequence CHECK (sequence > 0);
--> statement-breakpoint
CREATE UNIQUE INDEX entry_reversed_once ON ledger.entry (practitioner_id, reverses) WHERE reverses IS NOT NULL;
