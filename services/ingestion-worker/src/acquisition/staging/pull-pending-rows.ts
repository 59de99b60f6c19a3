import type { Platform, SqlConnection, SqlMarkAsTaken } from "@xueshi/platforms";
import type { PullContext } from "../pull-context.ts";
import type { PullEvent } from "../pull-event.ts";
import type { PullTally } from "../pull-tally.ts";
import { openReader, readRowId, readStagedPage, run, stagedPage } from "./staged-page.ts";
import type { StagedRow, StagingDatabase } from "./staging-database.ts";
import { StagingStatements } from "./staging-statements.ts";

/** Where rows are read, and how a second connection is opened to mark them: long after the first one was closed. */
export interface MarkedTable {
  readonly connection: SqlConnection;
  readonly read: SqlMarkAsTaken;
  readonly database: StagingDatabase;
  readonly openForMarking: () => StagingDatabase;
}

/**
 * Pulls the rows of a staging table that nobody took yet, in order of id. A page's rows are marked only once they are
 * stored here, and only those that are still what was stored: whatever the other side wrote meanwhile is read next time.
 * A mark that fails leaves rows to be read again, which has no effect.
 * @throws StagingFault
 */
export async function* pullPendingRows(
  platform: Platform,
  table: MarkedTable,
  { tally, context }: { readonly tally: PullTally; readonly context: PullContext },
): AsyncGenerator<PullEvent, void, undefined> {
  const { connection, read } = table;
  const statements = new StagingStatements(connection);
  const reader = openReader(platform, table.database, context);
  const pending = pendingOf(statements, read);
  let total: number | null = null;
  for (let where = pending; ; ) {
    const page = statements.page(where, [read.idColumn]);
    const answer = await readStagedPage(reader, page, total === null ? statements.count(pending) : null);
    const { rows, counted } = answer;
    if (counted !== null) tally.advertise(counted.rows);
    total ??= counted?.rows ?? null;
    const last = rows.at(-1);
    if (last === undefined) break;
    const written = stagedPage(reader, rows, platform.mapping.fields.updateTime, { staged: null }, total);
    yield tally.count({ ...written, acknowledge: () => markTaken(table, statements, rows) });
    if (rows.length < connection.rowsPerPage) break;
    where = statements.both(pending, statements.behind(read.idColumn, readRowId(last)));
  }
  yield tally.end(tally.isTotalReached ? null : "total_not_reached");
}

/** Locks the rows, compares them with what was stored, and marks those that are the same. Rejects with StagingFault. */
async function markTaken(
  { read, openForMarking }: MarkedTable,
  statements: StagingStatements,
  stored: readonly StagedRow[],
): Promise<void> {
  const before = new Map(stored.map((row) => [readRowId(row), JSON.stringify(row)]));
  const pending = pendingOf(statements, read);
  const among = (ids: readonly string[]) => statements.both(pending, statements.isAmong(read.idColumn, ids));
  const database = openForMarking();
  try {
    await database.transaction(async (session) => {
      const now = await run(session, statements.lock(among([...before.keys()])));
      const same = now.filter((row) => before.get(readRowId(row)) === JSON.stringify(row)).map(readRowId);
      if (same.length === 0) return;
      await run(session, statements.mark(read.markColumn, read.takenValue, read.takenAtColumn, among(same)));
    });
  } finally {
    await database.close();
  }
}

function pendingOf(statements: StagingStatements, { markColumn, pendingValue }: SqlMarkAsTaken) {
  return statements.equals(markColumn, pendingValue === null ? null : String(pendingValue));
}
