import { createHash } from "node:crypto";
import type { Sql } from "./connect.ts";
import { ROLE_RACES } from "./failures.ts";

/** Group roles hold the grants, one per writing service; services log in as members of exactly one. */
export const SERVICE_ROLES = ["ingestion", "ledger", "query"] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];

const ATTEMPTS_MAX = 20;

/** Makes the group roles of the cluster where they are missing. */
export async function ensureGroupRoles(sql: Sql): Promise<void> {
  for (const role of SERVICE_ROLES) {
    await retryRoleRace(async () => {
      const [found] = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${`xueshi_${role}`}`;
      if (found === undefined) await sql.unsafe(`CREATE ROLE xueshi_${role} NOLOGIN`);
    });
  }
}

/**
 * Makes (or gives a new password to) the login of one service for one database, and returns its name. The name carries a
 * digest of the database name, so that installations on one cluster keep apart.
 */
export async function ensureServiceLogin(sql: Sql, role: ServiceRole, password: string): Promise<string> {
  if (!/^[A-Za-z0-9_-]{16,}$/.test(password))
    throw new TypeError("a service password is 16 or more URL-safe characters");
  const [row] = await sql`SELECT current_database() AS name`;
  const login = `xueshi_${role}_${createHash("sha256").update(String(row?.name)).digest("hex").slice(0, 8)}`;
  await retryRoleRace(async () => {
    const [found] = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${login}`;
    const verb = found === undefined ? "CREATE" : "ALTER";
    await sql.unsafe(`${verb} ROLE ${login} LOGIN PASSWORD '${password}'`);
    await sql.unsafe(`GRANT xueshi_${role} TO ${login}`);
  });
  return login;
}

async function retryRoleRace(action: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await action();
      return;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!(code in ROLE_RACES) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
