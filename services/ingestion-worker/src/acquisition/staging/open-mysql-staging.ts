import type { Connection as MysqlConnection } from "mysql2/promise";
import type { PullReason } from "../pull-event.ts";
import { guardStatement } from "./guard-statement.ts";
import type { StagedRow, StagingDatabase, StagingOptions, StagingSession } from "./staging-database.ts";

/** Errors that a platform's side or the settings can cause; the client has no word for MariaDB's own. */
const REASONS: Readonly<Record<string, PullReason>> = {
  ER_ACCESS_DENIED_ERROR: "login_refused",
  ER_DBACCESS_DENIED_ERROR: "login_refused",
  ER_TABLEACCESS_DENIED_ERROR: "login_refused",
  ER_COLUMNACCESS_DENIED_ERROR: "login_refused",
  ER_BAD_DB_ERROR: "login_refused",
  ER_NO_SUCH_TABLE: "schema_drift",
  ER_BAD_FIELD_ERROR: "schema_drift",
  ER_QUERY_TIMEOUT: "timeout",
  1969: "timeout" /* ER_STATEMENT_TIMEOUT */,
  ER_LOCK_WAIT_TIMEOUT: "timeout",
  ETIMEDOUT: "timeout",
};

/** A MySQL or MariaDB that another side fills; its one connection is opened by the first statement. */
export function openMysqlStaging(options: StagingOptions): StagingDatabase {
  let opening: Promise<MysqlConnection> | null = null;
  const guarded = <T>(statements: number, work: (connection: MysqlConnection) => Promise<T>): Promise<T> => {
    opening ??= open(options);
    const opened = opening;
    return guardStatement(async () => work(await opened), statements, options, REASONS);
  };
  const session: StagingSession = {
    query: (statement, parameters) =>
      guarded(1, async (connection) => {
        const [rows] = await connection.execute(statement, [...parameters]);
        return Array.isArray(rows) ? (rows as StagedRow[]) : [];
      }),
  };
  const within = <T>(start: string, work: (session: StagingSession) => Promise<T>): Promise<T> =>
    guarded(4, async (connection) => {
      await connection.query(start);
      try {
        const result = await work(session);
        await connection.query("COMMIT");
        return result;
      } catch (error) {
        // When it cannot be said any more, the end of the connection says it.
        await connection.query("ROLLBACK").catch(() => {});
        throw error;
      }
    });
  return {
    ...session,
    snapshot: (work) => within("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", work),
    transaction: (work) => within("START TRANSACTION", work),
    close: async () => {
      const connection = await opening?.catch(() => null);
      connection?.destroy();
    },
  };
}

/** Texts come in UTF-8 whatever the table is in, and times in Asia/Shanghai. */
async function open({ url, statementTimeoutMs, readOnly }: StagingOptions): Promise<MysqlConnection> {
  // Few installations have such a platform: no other loads the client.
  const { createConnection } = await import("mysql2/promise");
  const connection = await createConnection({
    uri: url,
    charset: "utf8mb4",
    timezone: "+08:00",
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: Math.min(statementTimeoutMs, 10_000),
  });
  // A connection that is lost between two statements fails the next one; it must not end the process.
  connection.on("error", () => {});
  const seconds = Math.ceil(statementTimeoutMs / 1_000);
  await connection.query(
    `SET time_zone = '+08:00', lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`,
  );
  const mode = readOnly ? "READ ONLY" : "READ WRITE";
  await connection.query(`SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, ${mode}`);
  await limitTime(connection, `max_statement_time = ${statementTimeoutMs / 1_000}`);
  await limitTime(connection, `max_execution_time = ${statementTimeoutMs}`);
  return connection;
}

/** MariaDB has one of the two variables, in seconds, and MySQL the other, in milliseconds. */
async function limitTime(connection: MysqlConnection, assignment: string): Promise<void> {
  await connection.query(`SET SESSION ${assignment}`).catch((error: unknown) => {
    const isOther = error instanceof Error && "code" in error && error.code === "ER_UNKNOWN_SYSTEM_VARIABLE";
    if (!isOther) throw error;
  });
}
