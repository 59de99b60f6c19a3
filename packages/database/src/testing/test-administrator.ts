import { connect, type Sql } from "../connection/connect.ts";
import { ensureMigratedTemplate } from "./migrated-template.ts";

/** Whoever makes and removes the test databases of a server, over one connection for all who need it at a time. */
export interface TestAdministrator {
  /** A database with the newest schema that can be cloned. */
  readonly template: string;
  /** Statements that only a connection to another database can run. */
  run(statements: readonly string[]): Promise<void>;
  release(): Promise<void>;
}

const templates = new Map<string, Promise<string>>();
const connections = new Map<string, { readonly sql: Sql; users: number }>();

/** @param url the server; its own database is where the connection leads */
export async function acquireTestAdministrator(url: string): Promise<TestAdministrator> {
  const template = await templateOf(url);
  const connection = connections.get(url) ?? { sql: open(url), users: 0 };
  connections.set(url, connection);
  connection.users += 1;
  return {
    template,
    async run(statements) {
      for (const statement of statements) await connection.sql.unsafe(statement);
    },
    async release() {
      connection.users -= 1;
      if (connection.users > 0) return;
      connections.delete(url);
      await connection.sql.end({ timeout: 5 });
    },
  };
}

const open = (url: string) =>
  connect({ url, connectionsMax: 1, applicationName: "xueshi-test", statementTimeoutMs: 0 });

/** Asked once per server and process, unless it failed. */
function templateOf(url: string): Promise<string> {
  const known = templates.get(url) ?? ensureMigratedTemplate(url);
  templates.set(url, known);
  known.catch(() => templates.delete(url));
  return known;
}
