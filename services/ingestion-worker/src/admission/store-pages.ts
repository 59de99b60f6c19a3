import { advancePull, runTransaction, type TakenPull, type Transaction, writeCursor } from "@xueshi/database";
import type { RecordVersion } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import { type Overlap, overlapFrom } from "../acquisition/overlap.ts";
import type { PulledPage } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { acknowledgePages } from "./acknowledge-pages.ts";
import { admissionContextOf } from "./admission-context.ts";
import { archivePages } from "./archive-pages.ts";
import { countLateness } from "./count-lateness.ts";
import type { ExpectedRecords } from "./expected-records.ts";
import { hintPosting } from "./hint-posting.ts";
import { incomingRow } from "./incoming-row.ts";
import { type JudgedRow, judgeRows, OrdinalCounter, personOf } from "./judge-rows.ts";
import { retainUntil } from "./retain-until.ts";
import { storeRows } from "./store-rows.ts";

/** A pull that is being read. */
export interface PullRun {
  readonly platform: Platform;
  readonly pull: TakenPull;
  readonly ordinals: OrdinalCounter;
  /** How it looks back; null: it does not. */
  readonly overlap: Overlap | null;
  /** The records that must come again; null: none must. */
  readonly expected: ExpectedRecords | null;
  /** Whose position the pages move: the platform's, the back-fill's own, or none. */
  readonly moves: "cursor" | "position" | "nothing";
}

/**
 * Stores pages of a pull as one batch: rows, receipts, the raw pages and the cursor behind them in one transaction, so
 * the cursor is never ahead of the rows (ARCHITECTURE.md, invariant 13). The ledger is told afterwards.
 * @returns how many rows were not read before
 */
export async function storePages(
  context: IngestionContext,
  run: PullRun,
  pages: readonly PulledPage[],
): Promise<number> {
  const { platform, pull } = run;
  const { judged, totalRows, rowCount } = judgePages(context, run, pages);
  const batchId = context.newId();
  const receivedAtMs = context.clock();
  const last = pages.at(-1);
  const content = archivePages(pages);
  const sealed = context.vault.sealPage(content);
  const alsoOf = peopleAgain(context, platform, pages);
  // Rows are judged and counted before it, so that the transaction may run again and says the same.
  const reread = await runTransaction(context, async (tx) => {
    const stored = await storeRows(
      tx,
      {
        batchId,
        source: platform.name,
        origin: "pull",
        pullId: pull.pullId,
        closesPull: false,
        completeUntilMs: null,
        receivedAtMs,
        judged,
        totalRows,
        occurrenceMode: rereadsRows(platform) ? "ordinal" : "count",
        raw: { content, sealed, alsoOf, retainUntil: retainUntil(receivedAtMs, context.retentionDays) },
      },
      context,
    );
    await Promise.all([
      last === undefined || !movesCursor(run, last)
        ? undefined
        : writeCursor(tx, platform.name, last.cursorAfter, receivedAtMs),
      countLate(tx, run, stored.newVersions, receivedAtMs),
      advancePull(tx, {
        pullId: pull.pullId,
        attempt: pull.attempt,
        pages: pages.length,
        rows: rowCount,
        rowsReread: pages.reduce((sum, page) => sum + page.rowsAgain.length, 0),
        advertisedTotal: run.moves === "cursor" && last?.file === null ? last.advertisedTotal : null,
        ...(run.moves === "position" && last !== undefined ? { position: last.cursorAfter } : {}),
        files: filesOf(pages),
      }),
    ]);
    return stored.counts.reread ?? 0;
  });
  for (const row of judged) if (row.kind === "version") context.knownPeople.add(row.version.practitionerId);
  await acknowledgePages(context, platform.name, pages);
  await hintPosting(context, batchId);
  return judged.length - reread;
}

function judgePages(
  context: IngestionContext,
  { platform, ordinals, expected }: PullRun,
  pages: readonly PulledPage[],
): { readonly judged: readonly JudgedRow[]; readonly totalRows: number; readonly rowCount: number } {
  const judged: JudgedRow[] = [];
  let totalRows = 0;
  let rowCount = 0;
  for (const page of pages) {
    const rows = page.rows.map((row) => incomingRow(platform, row));
    const place = { firstIndex: rowCount, file: page.file?.name ?? null };
    const result = judgeRows(platform.name, rows, ordinals, admissionContextOf(context), place);
    for (const row of result.judged) {
      judged.push(row);
      const { recordKey, updateTimeMs } = row.kind === "version" ? row.version : row.row;
      expected?.meet(recordKey, updateTimeMs);
    }
    totalRows += result.totalRows;
    rowCount += rows.length;
  }
  return { judged, totalRows, rowCount };
}

/**
 * Whose the rows are that were taken of an earlier page: the person may have been erased since, and the page as it came says
 * them again.
 */
function peopleAgain(context: IngestionContext, platform: Platform, pages: readonly PulledPage[]): readonly string[] {
  const rows = pages.flatMap((page) => page.rowsAgain.map((row) => incomingRow(platform, row)));
  const place = { firstIndex: 0, file: null };
  const { judged } = judgeRows(platform.name, rows, new OrdinalCounter(), admissionContextOf(context), place);
  return judged.flatMap((row) => personOf(row) ?? []);
}

/** Rows of the files whose last page is among these. */
export function filesOf(pages: readonly PulledPage[]): Readonly<Record<string, number>> {
  const lastPages = pages.filter(({ file }) => file?.isLastPage === true);
  return Object.fromEntries(lastPages.map(({ file, advertisedTotal }) => [file?.name ?? "", advertisedTotal ?? 0]));
}

/** While the overlap is read again, the stored cursor is the later one and stays. */
function movesCursor({ platform, overlap, moves }: PullRun, page: PulledPage): boolean {
  if (moves !== "cursor") return false;
  const reached = overlap === null ? null : overlapFrom(platform, page.cursorAfter);
  return overlap === null || reached === null || reached.positionMs >= overlap.positionMs;
}

/** A back-fill is no measure of lateness: it may be asked for years later. */
async function countLate(
  tx: Transaction,
  run: PullRun,
  newVersions: readonly RecordVersion[],
  seenAtMs: number,
): Promise<void> {
  if (run.overlap === null || run.moves !== "cursor") return;
  await countLateness(tx, run.platform.name, run.overlap, newVersions, seenAtMs);
}

/** Only an opaque cursor resumes exactly; every other way of reading may bring rows a second time. */
export function rereadsRows(platform: Platform): boolean {
  return platform.connection.transport !== "http-json" || platform.connection.paging.kind !== "cursor";
}
