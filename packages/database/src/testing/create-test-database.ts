import { randomBytes } from "node:crypto";
import { connect } from "../connection/connect.ts";
import { ensureServiceLogin, type ServiceRole } from "../connection/roles.ts";
import { databaseUrl } from "./migrated-template.ts";
import { acquireTestAdministrator } from "./test-administrator.ts";
import { acquireTestServer } from "./test-server.ts";

/** A database of one test file, with the newest schema and nothing in it. */
export interface TestDatabase {
  readonly name: string;
  /** Connects as the owner, who may do everything. */
  readonly url: string;
  /** Connects as a service does: a login that holds the grants of one group role and no more. */
  urlAs(role: ServiceRole): Promise<string>;
  /** Cuts off who is still connected, and removes the database with its logins. */
  drop(): Promise<void>;
}

/** Clones the migrated template. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await acquireTestServer();
  const administrator = await acquireTestAdministrator(server.url);
  const name = `xueshi_test_${randomBytes(8).toString("hex")}`;
  await administrator.run([`CREATE DATABASE ${name} TEMPLATE ${administrator.template} ${server.cloning}`]);
  const url = databaseUrl(server.url, name);
  const logins = new Map<ServiceRole, Promise<{ login: string; url: string }>>();
  return {
    name,
    url,
    urlAs: async (role) => {
      const known = logins.get(role) ?? createLogin(url, role);
      logins.set(role, known);
      return (await known).url;
    },
    drop: async () => {
      const roles = await Promise.all(logins.values());
      await administrator.run([
        `DROP DATABASE ${name} WITH (FORCE)`,
        ...roles.map(({ login }) => `DROP ROLE ${login}`),
      ]);
      await administrator.release();
      await server.release();
    },
  };
}

async function createLogin(url: string, role: ServiceRole): Promise<{ login: string; url: string }> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-test" });
  try {
    const password = randomBytes(16).toString("hex");
    const login = await ensureServiceLogin(sql, role, password);
    const changed = new URL(url);
    changed.username = login;
    changed.password = password;
    return { login, url: changed.href };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
