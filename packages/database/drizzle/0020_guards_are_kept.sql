-- One list of what may only be added to: each trigger that refuses a change, as it was made. Event triggers hold every
-- change of the schema to it (docs: packages/database/guards.md); `pnpm ledger doctor` looks at both.
CREATE TABLE ledger.guard (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  guard_name text NOT NULL,
  definition text NOT NULL,
  CONSTRAINT guard_pkey PRIMARY KEY (schema_name, table_name, guard_name)
);
--> statement-breakpoint
-- A condition is left out: versions of PostgreSQL may write it otherwise.
CREATE FUNCTION ledger.guards_in_place() RETURNS TABLE (
  schema_name text, table_name text, guard_name text, definition text, is_enabled boolean
) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT n.nspname::text, c.relname::text, t.tgname::text,
    regexp_replace(pg_get_triggerdef(t.oid), ' WHEN \(.*\) EXECUTE ', ' WHEN (…) EXECUTE '), t.tgenabled IN ('O', 'A')
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE t.tgfoid = to_regprocedure('ledger.refuse_change()') AND NOT t.tgisinternal AND t.tgparentid = 0
$$;
--> statement-breakpoint
-- What is not as it should be, as schema.table, guard and one of: gone, missing, altered, disabled; rules, row_security,
-- not_logged; unguarded_child (a table whose rows are read as those of a guarded one).
CREATE FUNCTION ledger.broken_guards() RETURNS TABLE (guarded text, guard text, problem text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE wanted AS (
    SELECT g.*, to_regclass(format('%I.%I', g.schema_name, g.table_name)) AS id FROM ledger.guard AS g
  ), child AS (
    SELECT i.inhrelid AS id FROM pg_inherits AS i JOIN wanted ON wanted.id = i.inhparent
    UNION
    SELECT i.inhrelid FROM pg_inherits AS i JOIN child ON child.id = i.inhparent
  )
  SELECT format('%s.%s', w.schema_name, w.table_name), w.guard_name,
    CASE WHEN w.id IS NULL THEN 'gone' WHEN found.guard_name IS NULL THEN 'missing'
      WHEN found.definition <> w.definition THEN 'altered' ELSE 'disabled' END
  FROM wanted AS w LEFT JOIN ledger.guards_in_place() AS found USING (schema_name, table_name, guard_name)
  WHERE found.guard_name IS NULL OR found.definition <> w.definition OR NOT found.is_enabled
  UNION ALL
  SELECT DISTINCT format('%s.%s', w.schema_name, w.table_name), NULL, kind.problem
  FROM wanted AS w JOIN pg_class AS c ON c.oid = w.id CROSS JOIN LATERAL (VALUES
    ('rules', EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)),
    ('row_security', c.relrowsecurity),
    ('not_logged', c.relpersistence <> 'p')) AS kind (problem, is_so)
  WHERE kind.is_so
  UNION ALL
  SELECT child.id::regclass::text, NULL, 'unguarded_child' FROM child WHERE child.id NOT IN (SELECT id FROM wanted WHERE id IS NOT NULL)
$$;
--> statement-breakpoint
-- Puts the guards of a table on the list, as they are now.
CREATE FUNCTION ledger.list_guards(guarded regclass) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.guard (schema_name, table_name, guard_name, definition)
  SELECT f.schema_name, f.table_name, f.guard_name, f.definition FROM ledger.guards_in_place() AS f
  WHERE to_regclass(format('%I.%I', f.schema_name, f.table_name)) = guarded
  ON CONFLICT DO NOTHING
$$;
--> statement-breakpoint
-- Makes a table one that may only be added to.
CREATE FUNCTION ledger.guard_table(guarded regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := (SELECT relname FROM pg_class WHERE oid = guarded);
BEGIN
  EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()',
    name || '_append_only', guarded);
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()',
    name || '_no_truncate', guarded);
  PERFORM ledger.list_guards(guarded);
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.guards_in_place(), ledger.broken_guards(), ledger.list_guards(regclass), ledger.guard_table(regclass) FROM PUBLIC;
--> statement-breakpoint
SELECT ledger.list_guards(tgrelid) FROM (SELECT DISTINCT tgrelid FROM pg_trigger WHERE tgfoid = 'ledger.refuse_change()'::regprocedure) AS guarded;
--> statement-breakpoint
SELECT ledger.guard_table(guarded) FROM unnest(ARRAY['ledger.guard', 'admission.finding', 'acquisition.reconciliation_difference', 'acquisition.upload_batch']::regclass[]) AS guarded;
--> statement-breakpoint
-- Refuses a change of the schema that would take a guard away, alter or silence it, or lose content of what is guarded. It
-- runs with the rights of its owner, because whoever changes a schema need not be able to read the list, and lies outside
-- the ledger's schema, so that it is not dropped with it.
CREATE FUNCTION migration.keep_guards() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  thing text;
  problem text;
  kept CONSTANT text[] := ARRAY['ledger.refuse_change()', 'ledger.guards_in_place()', 'ledger.broken_guards()'];
BEGIN
  SELECT name, 'gone' INTO thing, problem FROM unnest(kept) AS name WHERE to_regprocedure(name) IS NULL
    UNION ALL SELECT 'ledger.guard', 'gone' WHERE to_regclass('ledger.guard') IS NULL LIMIT 1;
  IF problem IS NOT NULL THEN
    NULL;
  ELSIF TG_EVENT = 'table_rewrite' THEN
    SELECT format('%s.%s', g.schema_name, g.table_name), 'rewritten' INTO thing, problem FROM ledger.guard AS g
    WHERE to_regclass(format('%I.%I', g.schema_name, g.table_name)) = pg_event_trigger_table_rewrite_oid() LIMIT 1;
  ELSIF TG_EVENT = 'sql_drop' THEN
    SELECT d.object_identity, 'gone' INTO thing, problem FROM pg_event_trigger_dropped_objects() AS d
    JOIN ledger.guard AS g ON g.schema_name = d.address_names[1] AND g.table_name = d.address_names[2]
    WHERE d.object_type = 'table column' LIMIT 1;
  ELSE
    SELECT d.object_identity, 'altered' INTO thing, problem FROM pg_event_trigger_ddl_commands() AS d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid IN (SELECT to_regprocedure(name) FROM unnest(kept) AS name) LIMIT 1;
  END IF;
  IF problem IS NULL AND TG_EVENT <> 'table_rewrite' THEN
    SELECT concat_ws(' ', b.guarded, b.guard), b.problem INTO thing, problem FROM ledger.broken_guards() AS b LIMIT 1;
  END IF;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION '% would be %: % refused', thing, problem, TG_TAG USING ERRCODE = 'restrict_violation',
      HINT = 'What may only be added to keeps its guards; packages/database/guards.md says how to change it on purpose.';
  END IF;
END
$$;
--> statement-breakpoint
-- Lets the event triggers watch (true), or lets a superuser change guarded tables on purpose (false) until they watch
-- again, for which everything must be in its place.
CREATE FUNCTION migration.watch_guards(watching boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  watched record;
  broken record;
BEGIN
  -- What a superuser runs at every change of the schema must not be another role's to replace.
  IF NOT (SELECT bool_and(r.rolsuper) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_roles AS r ON r.oid = p.proowner WHERE n.nspname IN ('ledger', 'migration')) THEN
    RAISE EXCEPTION 'the guards belong to a role that is no superuser' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR watched IN SELECT * FROM (VALUES ('xueshi_guards_altered', 'ddl_command_end'), ('xueshi_guards_dropped', 'sql_drop'),
    ('xueshi_rows_rewritten', 'table_rewrite')) AS watched (name, event)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = watched.name) THEN
      EXECUTE format('CREATE EVENT TRIGGER %I ON %s EXECUTE FUNCTION migration.keep_guards()', watched.name, watched.event);
    END IF;
    EXECUTE format('ALTER EVENT TRIGGER %I %s', watched.name, CASE WHEN watching THEN 'ENABLE ALWAYS' ELSE 'DISABLE' END);
  END LOOP;
  SELECT * INTO broken FROM ledger.broken_guards() LIMIT 1;
  IF watching AND FOUND THEN
    RAISE EXCEPTION '% is %', concat_ws(' ', broken.guarded, broken.guard), broken.problem
      USING ERRCODE = 'restrict_violation', HINT = 'Put the guard back first: packages/database/guards.md.';
  END IF;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION migration.watch_guards(boolean), migration.keep_guards() FROM PUBLIC;
--> statement-breakpoint
-- Event triggers are a superuser's. Where another role migrates, `pnpm ledger doctor` says that there are none.
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    PERFORM migration.watch_guards(true);
  END IF;
END
$$;
