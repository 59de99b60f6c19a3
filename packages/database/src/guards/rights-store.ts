import type { Sql } from "../connection/connect.ts";
import { SERVICE_ROLES } from "../connection/roles.ts";

/** A right on a guarded table that a role holds: granted, by membership, or through everybody (PUBLIC). */
export interface ForeignRight {
  readonly role: string;
  /** `schema.table`. */
  readonly table: string;
  readonly rights: readonly string[];
}

/**
 * Rights to change append-only tables, and to remove rows of those whose rows stay, that others than their owner and
 * superusers hold.
 */
export async function readForeignRights(sql: Sql): Promise<ForeignRight[]> {
  return await sql<ForeignRight[]>`
    SELECT role.rolname AS role, format('%s.%s', n.nspname, c.relname) AS table,
      array_agg(wanted.name ORDER BY wanted.name) AS rights
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace CROSS JOIN pg_roles AS role
    CROSS JOIN unnest(ARRAY['DELETE', 'REFERENCES', 'TRIGGER', 'TRUNCATE', 'UPDATE']) AS wanted (name)
    WHERE role.rolname !~ '^pg_' AND NOT role.rolsuper AND role.oid <> c.relowner
      AND EXISTS (SELECT FROM ledger.guard AS g WHERE g.schema_name = n.nspname AND g.table_name = c.relname
        AND (g.guard_name = c.relname || '_append_only' OR g.guard_name = c.relname || '_rows_stay' AND wanted.name <> 'UPDATE'))
      AND (has_table_privilege(role.oid, c.oid, wanted.name)
        OR wanted.name IN ('REFERENCES', 'UPDATE') AND has_any_column_privilege(role.oid, c.oid, wanted.name))
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

export interface RoleProblem {
  readonly role: string;
  readonly problem: "missing" | "several_groups" | "powers" | "becomes" | "owns" | "makes_objects" | "silences";
  /** Names of what it has too much, separated by commas. */
  readonly detail: string;
}

/**
 * What roles of services (the group roles, and whoever may act as one of them without being a superuser) have that puts
 * them above the guards. Who only administers a role (PostgreSQL 16: neither INHERIT nor SET) does not act as it.
 */
export async function readRoleProblems(sql: Sql): Promise<RoleProblem[]> {
  const groups = SERVICE_ROLES.map((role) => `xueshi_${role}`);
  return await sql<RoleProblem[]>`
    WITH RECURSIVE acting AS (
      SELECT oid, rolname AS group_name FROM pg_roles WHERE rolname = ANY (${groups}::text[])
      UNION
      SELECT link.member, acting.group_name FROM pg_auth_members AS link JOIN acting ON acting.oid = link.roleid
      WHERE coalesce((to_jsonb(link) ->> 'inherit_option')::boolean, true)
        OR coalesce((to_jsonb(link) ->> 'set_option')::boolean, true)
    ), role AS (
      SELECT r.*, g.names FROM (SELECT oid, array_agg(group_name::text ORDER BY group_name) AS names FROM acting GROUP BY oid) AS g
      JOIN pg_roles AS r USING (oid) WHERE r.rolname = ANY (${groups}::text[]) OR NOT r.rolsuper
    ), product AS (
      SELECT oid, nspname, nspowner FROM pg_namespace
      WHERE nspname IN ('access', 'acquisition', 'admission', 'classification', 'ledger', 'migration', 'projection',
        'requirement', 'verdict')
    ), owner AS (
      SELECT relowner AS oid FROM pg_class JOIN product ON product.oid = relnamespace
      UNION SELECT nspowner FROM product UNION SELECT datdba FROM pg_database WHERE datname = current_database()
    ), problem (role, problem, detail) AS (
      SELECT name, 'missing', name FROM unnest(${groups}::text[]) AS name
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
      UNION ALL SELECT rolname::text, 'several_groups', array_to_string(names, ', ') FROM role WHERE cardinality(names) > 1
      UNION ALL SELECT rolname::text, 'powers', concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END,
        CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
        CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END)
        FROM role WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
      UNION ALL SELECT role.rolname::text, 'becomes', string_agg(other.rolname, ', ' ORDER BY other.rolname)
        FROM role JOIN pg_roles AS other ON other.rolname ~ '^pg_' OR other.rolsuper OR other.oid IN (SELECT oid FROM owner)
        WHERE NOT role.rolsuper AND other.oid <> role.oid AND pg_has_role(role.oid, other.oid, 'MEMBER')
        GROUP BY role.rolname
      UNION ALL SELECT rolname::text, 'owns', current_database() FROM role WHERE oid IN (SELECT oid FROM owner)
      UNION ALL SELECT rolname::text, 'makes_objects', string_agg(product.nspname, ', ' ORDER BY product.nspname)
        FROM role JOIN product ON has_schema_privilege(role.oid, product.oid, 'CREATE')
        WHERE NOT rolsuper AND role.oid NOT IN (SELECT oid FROM owner) GROUP BY rolname
      UNION ALL SELECT rolname::text, 'silences', 'session_replication_role' FROM role
        WHERE NOT rolsuper AND has_parameter_privilege(oid, 'session_replication_role', 'SET')
    )
    SELECT role, problem, detail FROM problem ORDER BY 1, 2`;
}
