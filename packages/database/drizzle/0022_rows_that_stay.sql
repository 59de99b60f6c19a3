-- Rows that stay, of which only some columns change: what came, what was refused, what was received, who has a key.
CREATE FUNCTION ledger.guard_rows(guarded regclass, VARIADIC changing text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := (SELECT relname FROM pg_class WHERE oid = guarded);
  staying text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = guarded AND attnum > 0 AND NOT attisdropped AND attname <> ALL (changing));
BEGIN
  EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()',
    name || '_rows_stay', guarded);
  EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OF %s ON %s FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()',
    name || '_columns_stay', staying, guarded);
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()',
    name || '_no_truncate', guarded);
  PERFORM ledger.list_guards(guarded);
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.guard_rows(regclass, text[]) FROM PUBLIC;
--> statement-breakpoint
SELECT ledger.guard_rows('access.api_key', 'scopes', 'revoked_at');
--> statement-breakpoint
SELECT ledger.guard_rows('acquisition.batch', 'posted_at');
--> statement-breakpoint
SELECT ledger.guard_rows('admission.refusal', 'occurrences');
--> statement-breakpoint
SELECT ledger.guard_rows('admission.version', 'voided_by', 'status', 'hours_hundredths', 'subject_code', 'subject_basis', 'title',
  'provider', 'obtained_on', 'studied_from', 'studied_until', 'attributed_year', 'year_basis', 'pathway', 'assessed_on', 'flags',
  'occurrences', 'name_digest', 'name_variant_digest', 'note');
