import { parseInstant } from "@xueshi/domain";
import type { Platform, SqlByUpdateTime, SqlConnection } from "@xueshi/platforms";
import type { PullContext } from "../pull-context.ts";
import type { PullEvent, PulledPage } from "../pull-event.ts";
import type { PullTally } from "../pull-tally.ts";
import { formatShanghaiTime } from "../shanghai-time.ts";
import {
  openReader,
  readRowId,
  readStagedPage,
  type StagedCount,
  type StagedReader,
  stagedPage,
} from "./staged-page.ts";
import type { StagingDatabase } from "./staging-database.ts";
import { ROW_TIME, StagingStatements } from "./staging-statements.ts";

/** The latest update time that was read, as the database wrote it, with all its digits, in Asia/Shanghai. */
export interface StagedPosition {
  readonly time: string;
}

interface TimedTable {
  readonly platform: Platform;
  readonly connection: SqlConnection;
  readonly read: SqlByUpdateTime;
  readonly statements: StagingStatements;
  readonly reader: StagedReader;
  readonly tally: PullTally;
  readonly stored: StagedPosition | null;
}

/**
 * Pulls a staging table in order of update time and id, from the stored position less the overlap to its end.
 *
 * Each page is one statement, so one snapshot, and the position is never taken from anything but the rows read: a row
 * that is written meanwhile lies behind it, and one that is written with an earlier time is what the overlap is for. Times
 * are carried as the database writes them, with all their digits; none is rounded. Rows without a time come first.
 * A table that ends before as many rows have come as were counted with its first pages is `total_not_reached`.
 * @throws StagingFault
 */
export async function* pullStagedUpdates(
  platform: Platform,
  { connection, read }: { readonly connection: SqlConnection; readonly read: SqlByUpdateTime },
  database: StagingDatabase,
  stored: StagedPosition | null,
  { tally, context }: { readonly tally: PullTally; readonly context: PullContext },
): AsyncGenerator<PullEvent, void, undefined> {
  const statements = new StagingStatements(connection);
  const reader = openReader(platform, database, context);
  const table = { platform, connection, read, statements, reader, tally, stored };
  const counted = yield* readUntimedRows(table);
  yield* readTimedRows(table, counted);
  yield tally.end(tally.isTotalReached ? null : "total_not_reached");
}

/**
 * Rows that nobody gave an update time cannot be ordered, so they are read each time, and each gets its receipt.
 * Returns how many there were when the pull began, and what time it was there.
 */
async function* readUntimedRows(table: TimedTable): AsyncGenerator<PulledPage, StagedCount, undefined> {
  const { connection, statements, reader, tally, stored } = table;
  const { updateTimeColumn, idColumn } = table.read;
  const untimed = statements.isNull(updateTimeColumn);
  let counted: StagedCount | null = null;
  for (let where = untimed; ; ) {
    const page = statements.page(where, [idColumn]);
    const answer = await readStagedPage(reader, page, counted === null ? statements.count(untimed) : null);
    counted ??= answer.counted ?? { rows: 0, clock: "" };
    const last = answer.rows.at(-1);
    if (last === undefined) return counted;
    yield tally.count(stagedPage(reader, answer.rows, updateTimeColumn, { staged: stored }, null));
    if (answer.rows.length < connection.rowsPerPage) return counted;
    where = statements.both(untimed, statements.behind(idColumn, readRowId(last)));
  }
}

async function* readTimedRows(table: TimedTable, untimed: StagedCount): AsyncGenerator<PulledPage, void, undefined> {
  const { platform, connection, statements, reader, tally, stored } = table;
  const lastMs = Math.min(tally.startedAtMs, parseInstant(cutToMs(untimed.clock)) ?? tally.startedAtMs);
  const { updateTimeColumn, idColumn, overlapSeconds } = table.read;
  const start = stored === null ? null : startOf(platform, stored, overlapSeconds);
  const all = start === null ? statements.isNotNull(updateTimeColumn) : statements.notBefore(updateTimeColumn, start);
  let reached = stored;
  let total: number | null = null;
  for (let where = all; ; ) {
    const page = statements.page(where, [updateTimeColumn, idColumn]);
    const answer = await readStagedPage(reader, page, total === null ? statements.count(all) : null);
    if (answer.counted !== null) {
      total = untimed.rows + answer.counted.rows;
      tally.advertise(total);
    }
    const last = answer.rows.at(-1);
    if (last === undefined) return;
    const time = last[ROW_TIME] ?? "";
    reached = laterOf(reached, storable(platform, time, lastMs));
    yield tally.count(stagedPage(reader, answer.rows, updateTimeColumn, { staged: reached }, total));
    if (answer.rows.length < connection.rowsPerPage) return;
    where = statements.behindBoth(updateTimeColumn, time, idColumn, readRowId(last));
  }
}

/** The position less the overlap, in whole seconds; without an overlap the millisecond that holds it. */
function startOf(platform: Platform, { time }: StagedPosition, overlapSeconds: number): string {
  const timeMs = msOf(platform, time);
  if (timeMs === null) return time;
  if (isNumber(platform)) return overlapSeconds === 0 ? time : String(wholeSeconds(timeMs - overlapSeconds * 1_000));
  return overlapSeconds === 0 ? cutToMs(time) : formatShanghaiTime(timeMs - overlapSeconds * 1_000);
}

/**
 * What may be stored of a time: nothing later than when the pull began, by our clock and by the database's. A row of an
 * earlier time that is committed later would be behind the position, and hidden where a clock runs ahead. Null for what
 * is no time, such as infinity.
 */
function storable(platform: Platform, written: string, lastMs: number): StagedPosition | null {
  const time = written.replace(/\+08(?::?00)?$/, "");
  const timeMs = msOf(platform, time);
  if (timeMs === null || timeMs <= lastMs) return timeMs === null ? null : { time };
  return { time: isNumber(platform) ? String(lastMs) : formatShanghaiTime(lastMs) };
}

/** While the overlap is read again the stored position stays where it was. */
function laterOf(stored: StagedPosition | null, read: StagedPosition | null): StagedPosition | null {
  if (stored === null || read === null) return stored ?? read;
  const areNumbers = /^[0-9]+$/.test(stored.time) && /^[0-9]+$/.test(read.time);
  const isEarlier = areNumbers ? Number(read.time) < Number(stored.time) : read.time < stored.time;
  return isEarlier ? stored : read;
}

function msOf(platform: Platform, time: string): number | null {
  if (isNumber(platform)) return /^[0-9]{1,16}$/.test(time) ? Number(time) : null;
  return parseInstant(cutToMs(time));
}

function isNumber({ mapping }: Platform): boolean {
  return mapping.updateTimeForm === "epoch_ms";
}

function cutToMs(time: string): string {
  return time.slice(0, "yyyy-mm-dd hh:mm:ss.mmm".length);
}

function wholeSeconds(instantMs: number): number {
  return Math.max(0, Math.floor(instantMs / 1_000) * 1_000);
}
