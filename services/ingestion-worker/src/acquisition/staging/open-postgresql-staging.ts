import { connect, type Sql } from "@xueshi/database";
import type { PullReason } from "../pull-event.ts";
import { guardStatement } from "./guard-statement.ts";
import type {
  StagedParameter,
  StagedRow,
  StagingDatabase,
  StagingOptions,
  StagingSession,
} from "./staging-database.ts";

/** SQLSTATEs of what a platform's side or the settings can cause. */
const REASONS: Readonly<Record<string, PullReason>> = {
  "28P01": "login_refused" /* invalid_password */,
  "28000": "login_refused" /* invalid_authorization_specification */,
  "3D000": "login_refused" /* invalid_catalog_name */,
  "42501": "login_refused" /* insufficient_privilege */,
  "42P01": "schema_drift" /* undefined_table */,
  "3F000": "schema_drift" /* invalid_schema_name */,
  "42703": "schema_drift" /* undefined_column */,
  "42883": "schema_drift" /* undefined_function: the column is of another type */,
  "22P02": "schema_drift" /* invalid_text_representation: likewise */,
  "22007": "schema_drift" /* invalid_datetime_format: likewise */,
  "57014": "timeout" /* query_canceled */,
  "55P03": "timeout" /* lock_not_available */,
};

/** A PostgreSQL that another side fills; its one connection is opened by the first statement. */
export function openPostgresqlStaging(options: StagingOptions): StagingDatabase {
  const sql = connect({
    url: options.url,
    connectionsMax: 1,
    applicationName: "xueshi-staging",
    statementTimeoutMs: options.statementTimeoutMs,
    timeZone: "Asia/Shanghai",
    readOnly: options.readOnly,
    plainText: true,
  });
  const sessionOf = (session: Sql): StagingSession => ({
    query: (statement, parameters) =>
      guardStatement(
        async () => await session.unsafe<StagedRow[]>(statement, parameters.map(asText), { prepare: false }),
        1,
        options,
        REASONS,
      ),
  });
  const begin = <T>(mode: string, work: (session: StagingSession) => Promise<T>): Promise<T> => {
    const inside = async () => (await sql.begin(mode, (tx) => work(sessionOf(tx as unknown as Sql)))) as T;
    return guardStatement(inside, 4, options, REASONS);
  };
  return {
    ...sessionOf(sql),
    snapshot: (work) => begin("isolation level repeatable read read only", work),
    transaction: (work) => begin("isolation level read committed", work),
    close: () => sql.end({ timeout: 1 }),
  };
}

function asText(value: StagedParameter): string | null {
  return value === null ? null : String(value);
}
