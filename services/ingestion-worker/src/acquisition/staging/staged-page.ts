import type { Platform } from "@xueshi/platforms";
import type { PullContext } from "../pull-context.ts";
import type { PullCursor, PulledPage } from "../pull-event.ts";
import { type StagedRow, type StagingDatabase, StagingFault, type StagingSession } from "./staging-database.ts";
import { ROW_ID, ROW_TIME, type Statement } from "./staging-statements.ts";

/** A time as the two databases write it, with what the mapping does not read: digits behind milliseconds, the zone. */
const LONG_TIME_PATTERN = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)\d*(?:\+08(?::?00)?)?$/;

/** What bounds the reading of one table, and cuts its texts. */
export interface StagedReader {
  readonly database: StagingDatabase;
  readonly pagesMax: number;
  readonly textCharactersMax: number;
  readonly context: PullContext;
  requests: number;
}

export function openReader({ connection }: Platform, database: StagingDatabase, context: PullContext): StagedReader {
  if (connection.transport !== "sql") throw new TypeError("a staging table is read over sql");
  const { pagesMax, textCharactersMax } = connection;
  return { database, pagesMax, textCharactersMax, context, requests: 0 };
}

/** What a first page comes with. */
export interface StagedCount {
  readonly rows: number;
  /** The time at the database as it writes it. */
  readonly clock: string;
}

/**
 * One page, and with the first one how many rows there are from where it begins: both in one snapshot.
 * @throws StagingFault also when the process shuts down, or the table has too many pages
 */
export async function readStagedPage(
  reader: StagedReader,
  page: Statement,
  count: Statement | null,
): Promise<{ readonly rows: readonly StagedRow[]; readonly counted: StagedCount | null }> {
  if (reader.context.signal.aborted) throw new StagingFault("aborted");
  reader.requests += 1;
  if (reader.requests > reader.pagesMax) throw new StagingFault("page_limit");
  if (count === null) return { rows: await run(reader.database, page), counted: null };
  return await reader.database.snapshot(async (session) => {
    const [row] = await run(session, count);
    const counted = { rows: Number(row?.count ?? 0), clock: row?.clock ?? "" };
    return { counted, rows: await run(session, page) };
  });
}

/** Runs a statement. */
export function run(session: StagingSession, { text, parameters }: Statement): Promise<readonly StagedRow[]> {
  return session.query(text, parameters);
}

/**
 * A page of rows as the mapping reads them: the pull's own columns are left out, times are cut to milliseconds, never
 * rounded. A text that is too long for a record is none at all, so its row is refused instead of cut.
 */
export function stagedPage(
  reader: StagedReader,
  staged: readonly StagedRow[],
  timeColumn: string | null,
  cursorAfter: PullCursor,
  advertisedTotal: number | null,
): PulledPage {
  const rows = staged.map((row) => {
    const columns: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(row)) {
      if (name === ROW_ID || name === ROW_TIME) continue;
      if (value === null) columns[name] = null;
      else if (isLonger(value, reader.textCharactersMax)) columns[name] = { longerThan: reader.textCharactersMax };
      else columns[name] = name === timeColumn ? (LONG_TIME_PATTERN.exec(value)?.[1] ?? value) : value;
    }
    return columns;
  });
  const body = Buffer.from(JSON.stringify(rows));
  return { kind: "page", rows, rowsAgain: [], body, cursorAfter, advertisedTotal, file: null };
}

/** The databases count characters, JavaScript counts those beyond the first plane twice. */
function isLonger(text: string, charactersMax: number): boolean {
  return text.length > charactersMax && [...text].length > charactersMax;
}

/** A row without an id cannot be read past. */
export function readRowId(row: StagedRow): string {
  const id = row[ROW_ID];
  if (id === null || id === undefined) throw new StagingFault("schema_drift");
  return id;
}
