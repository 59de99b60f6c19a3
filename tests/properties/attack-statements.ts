import fc from "fast-check";

/** What statements are aimed at. */
export interface AttackTarget {
  /** `schema.table`. */
  readonly table: string;
  /** Quoted names of its columns. */
  readonly columns: readonly string[];
  /** A column of its primary key that takes a fresh UUID; empty: there is none. */
  readonly uuidColumn: string;
  /** Name of the primary key's constraint. */
  readonly primaryKey: string;
}

export interface Statement {
  readonly kind: string;
  readonly sql: string;
}

export interface Attack {
  readonly role: "ingestion" | "ledger" | "query";
  /** Each on its own, all in one transaction, or each behind a savepoint of one. */
  readonly mode: "alone" | "together" | "savepoints";
  readonly statements: readonly Statement[];
}

/** What stands for the places of a template: a table, a column, a guard of it and so on. */
type Aim = Readonly<Record<"t" | "c" | "g" | "s" | "o" | "u" | "p", string>>;

/**
 * Statements by kind. Places: `$t` table, `$c` column, `$g` guard, `$s` schema, `$p` primary key's constraint, `$u` column
 * that takes a fresh UUID, `$o` another login of the installation.
 */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  update: [
    "UPDATE $t SET $c = $c",
    "UPDATE $t SET $c = NULL",
    "UPDATE $t SET $c = DEFAULT WHERE true RETURNING *",
    "UPDATE ONLY $t AS x SET $c = y.$c FROM $t AS y",
    "UPDATE $t SET $c = $c WHERE false",
  ],
  delete: [
    "DELETE FROM $t",
    "DELETE FROM ONLY $t WHERE ctid = '(0,1)'",
    "DELETE FROM $t AS x USING $t AS y WHERE x.$c = y.$c",
  ],
  truncate: ["TRUNCATE $t", "TRUNCATE ONLY $t RESTART IDENTITY CASCADE", "TRUNCATE ledger.entry, $t"],
  insert: [
    "INSERT INTO $t SELECT * FROM $t",
    "INSERT INTO $t DEFAULT VALUES",
    "INSERT INTO $t SELECT * FROM $t ON CONFLICT DO NOTHING",
    "INSERT INTO $t SELECT (jsonb_populate_record(x, jsonb_build_object('$u', gen_random_uuid()))).* FROM $t AS x LIMIT 1",
  ],
  upsert: [
    "INSERT INTO $t SELECT * FROM $t ON CONFLICT ON CONSTRAINT $p DO UPDATE SET $c = EXCLUDED.$c",
    "INSERT INTO $t SELECT * FROM $t ON CONFLICT ON CONSTRAINT $p DO UPDATE SET $c = NULL RETURNING 1",
  ],
  merge: [
    "MERGE INTO $t AS x USING $t AS y ON x.$c = y.$c WHEN MATCHED THEN DELETE",
    "MERGE INTO $t AS x USING (SELECT 1) AS y ON true WHEN MATCHED THEN UPDATE SET $c = NULL",
    "MERGE INTO $t AS x USING (SELECT 1) AS y ON false WHEN NOT MATCHED THEN DO NOTHING WHEN MATCHED THEN DELETE",
  ],
  "data-modifying CTE": [
    "WITH gone AS (DELETE FROM $t RETURNING *) SELECT count(*) FROM gone",
    "WITH gone AS (UPDATE $t SET $c = NULL RETURNING *) INSERT INTO $t SELECT * FROM gone",
    "EXPLAIN ANALYZE DELETE FROM $t",
  ],
  copy: [
    "COPY $t FROM '/etc/passwd'",
    "COPY $t FROM PROGRAM 'cat /etc/passwd'",
    "COPY $t TO '/sly'",
    "COPY (DELETE FROM $t RETURNING *) TO PROGRAM 'cat'",
  ],
  "row lock": [
    "SELECT * FROM $t FOR UPDATE",
    "SELECT * FROM $t FOR NO KEY UPDATE SKIP LOCKED",
    "SELECT * FROM $t FOR SHARE NOWAIT",
    "SELECT 1 FROM $t FOR KEY SHARE",
  ],
  "table lock": [
    "LOCK TABLE $t IN ACCESS EXCLUSIVE MODE NOWAIT",
    "LOCK TABLE $t IN ROW EXCLUSIVE MODE",
    "LOCK TABLE $t IN ACCESS SHARE MODE",
  ],
  cursor: [
    "DECLARE sly CURSOR WITH HOLD FOR SELECT * FROM $t",
    "DECLARE sly CURSOR FOR SELECT * FROM $t FOR UPDATE",
    "DELETE FROM $t WHERE CURRENT OF sly",
  ],
  prepared: [
    "PREPARE sly AS DELETE FROM $t",
    "EXECUTE sly",
    "PREPARE sly AS UPDATE $t SET $c = NULL",
    "PREPARE TRANSACTION 'sly'",
  ],
  "view or rule": [
    "CREATE TEMP VIEW sly AS SELECT * FROM $t",
    "DELETE FROM sly",
    "UPDATE sly SET $c = NULL",
    "CREATE OR REPLACE TEMP VIEW sly WITH (security_invoker = false) AS SELECT * FROM $t",
    "CREATE RULE sly AS ON INSERT TO $t DO ALSO DELETE FROM $t",
    "CREATE RULE sly AS ON SELECT TO $t DO INSTEAD SELECT * FROM $t",
    "CREATE VIEW $s.sly AS SELECT 1",
    "CREATE MATERIALIZED VIEW $s.sly AS SELECT 1",
  ],
  "temporary table": [
    "CREATE TEMP TABLE sly (id int)",
    "CREATE TEMP TABLE sly () INHERITS ($t)",
    "CREATE TEMP TABLE guard (LIKE ledger.guard)",
    "CREATE TEMP TABLE sly AS SELECT * FROM $t",
    "ALTER TABLE sly INHERIT $t",
    "CREATE TRIGGER sly AFTER INSERT ON sly EXECUTE FUNCTION ledger.refuse_change()",
    "INSERT INTO sly DEFAULT VALUES",
  ],
  "temporary function": [
    "CREATE FUNCTION pg_temp.sly() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN DELETE FROM $t; END'",
    "SELECT pg_temp.sly()",
    "CREATE FUNCTION pg_temp.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass'",
    "CREATE FUNCTION pg_temp.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION $s.sly() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT",
    "CREATE OPERATOR pg_temp.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)",
    "CREATE DOMAIN pg_temp.sly AS text CHECK (value IS NOT NULL)",
  ],
  "alter table": [
    "ALTER TABLE $t DISABLE TRIGGER ALL",
    "ALTER TABLE $t DISABLE TRIGGER $g",
    "ALTER TABLE $t ENABLE REPLICA TRIGGER $g",
    "ALTER TABLE $t DROP COLUMN $c",
    "ALTER TABLE $t ADD COLUMN sly text DEFAULT 'x'",
    "ALTER TABLE $t ALTER COLUMN $c TYPE text USING NULL",
    "ALTER TABLE $t ALTER COLUMN $c DROP NOT NULL",
    "ALTER TABLE $t RENAME COLUMN $c TO sly",
    "ALTER TABLE $t RENAME TO sly",
    "ALTER TABLE $t SET SCHEMA public",
    "ALTER TABLE $t SET UNLOGGED",
    "ALTER TABLE $t OWNER TO CURRENT_USER",
    "ALTER TABLE $t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE $t NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE $t ADD CONSTRAINT sly CHECK (false) NOT VALID",
    "ALTER TABLE $t DROP CONSTRAINT $p",
    "ALTER TABLE $t SET (autovacuum_enabled = off)",
    "ALTER TABLE $t REPLICA IDENTITY NOTHING",
  ],
  "other DDL": [
    "DROP TABLE $t CASCADE",
    "DROP SCHEMA $s CASCADE",
    "ALTER SCHEMA $s RENAME TO sly",
    "DROP TRIGGER $g ON $t",
    "ALTER TRIGGER $g ON $t RENAME TO sly",
    "CREATE TRIGGER sly BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "CREATE OR REPLACE TRIGGER $g BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "CREATE POLICY sly ON $t USING (false)",
    "CREATE INDEX ON $t ($c)",
    "CREATE STATISTICS $s.sly ON $c, $c FROM $t",
    "COMMENT ON TABLE $t IS 'sly'",
    "SECURITY LABEL ON TABLE $t IS 'sly'",
    "CREATE PUBLICATION sly FOR TABLE $t",
    "CREATE TABLE $s.sly (LIKE $t)",
    "CREATE SCHEMA sly",
    "CREATE EXTENSION dblink",
    "CREATE EVENT TRIGGER sly ON ddl_command_end EXECUTE FUNCTION migration.keep_guards()",
    "ALTER EVENT TRIGGER xueshi_guards_altered DISABLE",
    "DROP EVENT TRIGGER xueshi_guards_dropped",
    "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION ledger.refuse_change() SET session_replication_role = replica",
    "DROP FUNCTION ledger.refuse_change() CASCADE",
    "DROP FUNCTION migration.keep_guards() CASCADE",
  ],
  upkeep: ["VACUUM FULL $t", "CLUSTER $t USING $p", "REINDEX TABLE $t", "ANALYZE $t"],
  rights: [
    "GRANT ALL ON $t TO CURRENT_USER",
    "GRANT UPDATE ($c) ON $t TO PUBLIC",
    "GRANT DELETE ON ALL TABLES IN SCHEMA $s TO $o",
    "REVOKE ALL ON $t FROM $o CASCADE",
    "GRANT $o TO CURRENT_USER",
    "GRANT CREATE ON SCHEMA $s TO CURRENT_USER",
    "GRANT SET ON PARAMETER session_replication_role TO CURRENT_USER",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA $s GRANT ALL ON TABLES TO $o",
    "REASSIGN OWNED BY $o TO CURRENT_USER",
    "DROP OWNED BY CURRENT_USER CASCADE",
    "DROP OWNED BY xueshi_ingestion CASCADE",
    "DROP OWNED BY xueshi_ledger CASCADE",
    "DROP OWNED BY xueshi_query CASCADE",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE $o NOLOGIN",
    "CREATE ROLE sly LOGIN SUPERUSER",
    "DROP ROLE $o",
  ],
  settings: [
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = 'local'",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    "SET allow_system_table_mods = on",
    "SET zero_damaged_pages = on",
    "SET row_security = off",
    "SET search_path = pg_temp, pg_catalog",
    "SET check_function_bodies = off",
    "SET ROLE $o",
    "SET ROLE xueshi_ledger",
    "SET ROLE NONE",
    "SET ROLE pg_write_all_data",
    "SET SESSION AUTHORIZATION $o",
    "SET CONSTRAINTS ALL DEFERRED",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "ALTER SYSTEM SET fsync = off",
    "LOAD 'plpgsql'",
  ],
  catalog: [
    "UPDATE pg_trigger SET tgenabled = 'D'",
    "DELETE FROM pg_trigger",
    "UPDATE pg_class SET relacl = NULL, relowner = 0",
    "UPDATE pg_proc SET prosrc = 'BEGIN RETURN NEW; END'",
    "INSERT INTO pg_auth_members SELECT * FROM pg_auth_members",
    "DELETE FROM ledger.guard",
    "DELETE FROM migration.applied",
  ],
  "DO block": [
    "DO $$ BEGIN DELETE FROM $t; END $$",
    "DO $$ BEGIN EXECUTE 'TRUNCATE $t'; EXCEPTION WHEN OTHERS THEN UPDATE $t SET $c = NULL; END $$",
    "DO $$ BEGIN PERFORM 1 FROM $t; EXCEPTION WHEN OTHERS THEN NULL; END $$",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT ctid FROM $t LOOP DELETE FROM $t WHERE ctid = r.ctid; END LOOP; END $$",
  ],
  "function call": [
    "SELECT query_to_xml('DELETE FROM $t', true, false, '')",
    "SELECT ledger.guard_table('$t')",
    "SELECT ledger.list_guards('$t')",
    "SELECT * FROM ledger.broken_guards()",
    "SELECT migration.watch_guards(false)",
    "SELECT ledger.refuse_change()",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_relation_size('$t'::regclass)",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
    "SELECT pg_create_logical_replication_slot('sly', 'pgoutput')",
    "SELECT pg_replication_origin_create('sly')",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT pg_notify('sly', '')",
    "SELECT '$t'::regclass::oid::int::text::varchar",
    "SELECT nextval('migration.applied_id_seq')",
  ],
  "large object": [
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/sly')",
    "SELECT lo_unlink(lo_from_bytea(0, 'x'))",
    "SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
    "DELETE FROM pg_largeobject",
  ],
  query: ["SELECT * FROM $t", "TABLE $t", "SELECT x FROM $t AS x, $t AS y ORDER BY 1 LIMIT 1", "VALUES (1)"],
};

export const KINDS: readonly string[] = Object.keys(TEMPLATES);

function fill(kind: string, template: string, aim: Aim): Statement {
  return { kind, sql: template.replaceAll(/\$([tcgsoup])\b/g, (_whole, place: keyof Aim) => aim[place]) };
}

function someOf(statements: readonly Statement[]): fc.Arbitrary<Statement[]> {
  const maxLength = Math.min(4, statements.length);
  return fc.shuffledSubarray([...statements], { minLength: 1, maxLength });
}

/**
 * Attacks by the services' own logins, over tables, columns, statements and their combinations.
 * @param logins of the services
 */
export function attacks(targets: readonly AttackTarget[], logins: readonly string[]): fc.Arbitrary<Attack> {
  const aims = fc.constantFrom(...targets).chain(({ table, columns, uuidColumn, primaryKey }) => {
    const [schema = "", name = ""] = table.split(".");
    return fc.record({
      ...{ t: fc.constant(table), s: fc.constant(schema), p: fc.constant(primaryKey), u: fc.constant(uuidColumn) },
      c: fc.constantFrom(...columns),
      g: fc.constantFrom(`${name}_append_only`, `${name}_no_truncate`),
      o: fc.constantFrom(...logins),
    });
  });
  // Statements that build on each other, such as PREPARE and EXECUTE, meet when all are drawn of one kind.
  const sequences = (aim: Aim) => {
    const ofKind = (kind: string) => (TEMPLATES[kind] ?? []).map((template) => fill(kind, template, aim));
    const any = fc.constantFrom(...KINDS).chain((kind) => fc.constantFrom(...ofKind(kind)));
    return fc.oneof(
      fc.array(any, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...KINDS).chain((kind) => someOf(ofKind(kind))),
    );
  };
  return fc.record({
    role: fc.constantFrom("ingestion", "ledger", "query"),
    mode: fc.constantFrom("alone", "together", "savepoints"),
    statements: aims.chain(sequences),
  });
}
