-- The condition of a guard is compared too: with (false) it would refuse nothing. The one that is known is written alike by
-- PostgreSQL 15 to 18; a later version may write it otherwise, and must not be kept from every change of the schema by that.
DO $migration$
DECLARE
  is_watched CONSTANT boolean := EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'xueshi_guards_altered' AND evtenabled = 'A');
BEGIN
  IF is_watched THEN
    PERFORM migration.watch_guards(false);
  END IF;
  CREATE OR REPLACE FUNCTION ledger.guards_in_place() RETURNS TABLE (
    schema_name text, table_name text, guard_name text, definition text, is_enabled boolean
  ) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  SET bytea_output = hex SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
    SELECT n.nspname::text, c.relname::text, t.tgname::text,
      CASE WHEN current_setting('server_version_num')::int < 190000
        THEN replace(pg_get_triggerdef(t.oid), ' WHEN ((' || known.condition || ')) EXECUTE ', ' WHEN (…) EXECUTE ')
        ELSE regexp_replace(pg_get_triggerdef(t.oid), ' WHEN \(.*\) EXECUTE ', ' WHEN (…) EXECUTE ')
      END, t.tgenabled IN ('O', 'A')
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN (VALUES
      ('(new.name_digest <> ''\x''::bytea) OR (new.name_variant_digest IS NOT NULL) OR (new.note IS NOT NULL)')
    ) AS known (condition)
    WHERE t.tgfoid = to_regprocedure('ledger.refuse_change()') AND NOT t.tgisinternal AND t.tgparentid = 0
  $$;
  IF is_watched THEN
    PERFORM migration.watch_guards(true);
  END IF;
END
$migration$;
