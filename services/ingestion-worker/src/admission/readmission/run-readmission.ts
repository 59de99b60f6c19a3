import type { ReadmissionFailureCode } from "@xueshi/contracts";
import {
  advanceReadmission,
  failReadmission,
  type PageBatch,
  type ReadmissionProgress,
  type ReadmissionRow,
  readPageBatches,
  readReadmission,
  readReadmissionIds,
  readRecordKeysAfter,
  withPlatformLease,
  writeReadmissionChanges,
} from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import { hintPosting } from "../hint-posting.ts";
import { applyDifferences, compareRecords, ReadmissionOver, type RecordsToReadmit } from "./apply-differences.ts";
import { isInRange, type KeyRange, keyRanges, shareBefore } from "./key-ranges.ts";
import { mappingDigestOf } from "./mapping-digest.ts";
import type { RecordDifference } from "./record-difference.ts";
import { ReplayedOrdinals, replayPage } from "./replay-page.ts";
import { WantedRows } from "./wanted-rows.ts";

/** Rows that are held in memory at once; the pages are read once for each part of that size. */
const ROWS_PER_PART = 100_000;
/** Records that are compared, and changed, in one transaction. */
const RECORDS_PER_GROUP = 500;
/** How much of a part's work is the reading of the pages, about. */
const READING_SHARE = 0.5;
/** How often the holder of the lease shows that it is there. */
const LEASE_BEAT_MS = 2_000;

export interface ReadmissionSizes {
  readonly rowsPerPart: number;
  readonly recordsPerGroup: number;
}

const SIZES: ReadmissionSizes = { rowsPerPart: ROWS_PER_PART, recordsPerGroup: RECORDS_PER_GROUP };

/**
 * `ended`: it came to its end, or failed for a reason that is kept; `busy`: another process has a re-admission of the source
 * in hand; `stopped`: the process shuts down; `over`: it had ended, or was cancelled meanwhile.
 */
export type RunReadmissionOutcome = "ended" | "busy" | "stopped" | "over";

/**
 * Reads the kept pages of a source by the mappings of today, in the order in which they came, and compares what would be
 * stored with what is stored: record by record, a part of the records at a time, so that memory is bounded. By the mode
 * `apply` the difference is stored too. Whatever was done before an interruption is no difference any more, so it is
 * gone on with from the part that was under way. Source: platforms.md, "Re-admission".
 */
export async function runReadmission(
  context: IngestionContext,
  readmissionId: string,
  signal: AbortSignal,
  sizes: ReadmissionSizes = SIZES,
): Promise<RunReadmissionOutcome> {
  const asked = await readReadmission(context.sql, readmissionId);
  if (asked === null || asked.endedAtMs !== null) return "over";
  const beat = { everyMs: LEASE_BEAT_MS, onBeat: () => {} };
  const action = async (lost: AbortSignal): Promise<RunReadmissionOutcome> => {
    // As the one who held the lease before left it.
    const row = await readReadmission(context.sql, readmissionId);
    if (row === null || row.endedAtMs !== null) return "over";
    try {
      return await runParts(context, row, AbortSignal.any([signal, lost]), sizes);
    } catch (error) {
      if (error instanceof ReadmissionOver) return "over";
      throw error;
    }
  };
  return (await withPlatformLease(context.openLease, `${asked.source}/readmission`, action, beat)) ?? "busy";
}

async function runParts(
  context: IngestionContext,
  row: ReadmissionRow,
  signal: AbortSignal,
  sizes: ReadmissionSizes,
): Promise<RunReadmissionOutcome> {
  const { readmissionId, source } = row;
  const batches = await readBatches(context, row);
  const failure = failureOf(context, row, batches);
  if (failure !== null) {
    await failReadmission(context.sql, { readmissionId, failure, endedAtMs: context.clock() });
    return "ended";
  }
  const rows = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  const parts = row.progress.parts > 0 ? row.progress.parts : Math.max(1, Math.ceil(rows / sizes.rowsPerPart));
  let progress: ReadmissionProgress = { ...row.progress, parts };
  await advance(context, readmissionId, progress);
  for (const range of keyRanges(parts).slice(progress.partsDone)) {
    const part = await runPart(context, { ...row, progress }, batches, range, signal, sizes);
    if (part === "stopped") return "stopped";
    const partsDone = progress.partsDone + 1;
    progress = { ...part, partsDone, percent: Math.floor((partsDone * 100) / parts) };
    await advance(context, readmissionId, progress);
  }
  const state = progress.mode === "apply" ? "done" : "compared";
  const end = { readmissionId, state, progress, endedAtMs: context.clock() } as const;
  if (!(await advanceReadmission(context.sql, end))) throw new ReadmissionOver();
  context.logger.info("re-admission ended", { readmissionId, source, ...progress.sums });
  return "ended";
}

/** The kept batches up to the last day that is asked about; later ones say nothing about rows that came before. */
async function readBatches(context: IngestionContext, { source, startedAtMs, progress }: ReadmissionRow) {
  const batches = await readPageBatches(context.sql, source, startedAtMs);
  return batches.filter((batch) => isUntil(batch, progress.untilDay));
}

/** Why a re-admission cannot be gone on with by this process; null: it can. */
function failureOf(
  { sources }: IngestionContext,
  { source, progress }: ReadmissionRow,
  batches: readonly PageBatch[],
): ReadmissionFailureCode | null {
  const isPulled = batches.some(({ origin }) => origin === "pull");
  if (isPulled && sources.platformNamed(source) === null) return "source_not_configured";
  return mappingDigestOf(sources, source) === progress.mappingDigest ? null : "mapping_changed";
}

/** Says how far it is. Throws when it was ended meanwhile. */
async function advance(context: IngestionContext, readmissionId: string, progress: ReadmissionProgress): Promise<void> {
  const isOpen = await advanceReadmission(context.sql, { readmissionId, state: "running", progress });
  if (!isOpen) throw new ReadmissionOver();
}

/** Compares, and by the mode applies, one part of the records; gives back the sums with it. */
async function runPart(
  context: IngestionContext,
  row: ReadmissionRow,
  batches: readonly PageBatch[],
  range: KeyRange,
  signal: AbortSignal,
  sizes: ReadmissionSizes,
): Promise<ReadmissionProgress | "stopped"> {
  const { readmissionId, progress: before } = row;
  const percentAt = (share: number) => Math.floor(((before.partsDone + share) * 100) / before.parts);
  const read = await readPart(context, row, batches, range, signal);
  if (read === null) return "stopped";
  const sums = before.partsDone === 0 ? { ...before.sums, ...read.sums } : before.sums;
  let progress: ReadmissionProgress = { ...before, sums, percent: percentAt(READING_SHARE) };
  for await (const group of groupsOf(context, { ...row, progress }, read, range, sizes)) {
    if (signal.aborted) return "stopped";
    const done = shareBefore(range, group.recordKeys.at(-1) ?? range.fromKey);
    const percent = percentAt(READING_SHARE + (1 - READING_SHARE) * done);
    progress = { ...progress, percent };
    const isApplied = before.mode === "apply";
    progress = isApplied ? await apply(context, group, progress) : await compare(context, group, progress);
    // A comparison that is begun anew would count twice, so its sums are kept when a part ends.
    await advance(context, readmissionId, isApplied ? progress : { ...before, percent });
  }
  return progress;
}

interface ReadPart {
  readonly wanted: WantedRows;
  /** Records of which a page has a row no more. */
  readonly erasedOf: ReadonlySet<string>;
  readonly batchIds: ReadonlySet<string>;
  readonly readmissionIds: ReadonlySet<string>;
  /** Pages and rows that were read; the same in every part. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Reads all pages and keeps the rows of a range of records; null: stopped. */
async function readPart(
  context: IngestionContext,
  { source, progress }: ReadmissionRow,
  batches: readonly PageBatch[],
  range: KeyRange,
  signal: AbortSignal,
): Promise<ReadPart | null> {
  const wanted = new WantedRows();
  const erasedOf = new Set<string>();
  const batchIds = new Set<string>();
  const sums = { pages: 0, rows: 0, pagesLeft: 0, pagesUnreadable: 0 };
  const admission = admissionContextOf(context);
  const ordinals = new ReplayedOrdinals(range);
  for (const batch of batches) {
    if (signal.aborted) return null;
    const page = await replayPage(context, source, batch, admission, ordinals);
    if (page === "expired") continue;
    if (page === "unreadable" || page === "withdrawal") {
      sums[page === "unreadable" ? "pagesUnreadable" : "pagesLeft"] += 1;
      continue;
    }
    const isInScope = isFrom(batch, progress.fromDay);
    if (isInScope) batchIds.add(batch.batchId);
    sums.pages += 1;
    for (const { judged, scope, erasedOf: records } of page) {
      sums.rows += judged.length;
      for (const recordKey of records) erasedOf.add(recordKey);
      for (const row of judged) {
        const { recordKey } = row.kind === "version" ? row.version : row.row;
        if (!isInRange(range, recordKey)) continue;
        wanted.add(row, { batchId: batch.batchId, scope, isInScope });
      }
    }
  }
  return { wanted, erasedOf, batchIds, readmissionIds: await readReadmissionIds(context.sql), sums };
}

function isUntil({ receivedAtMs }: PageBatch, untilDay: string | null): boolean {
  return untilDay === null || localDateAt(receivedAtMs) <= untilDay;
}

function isFrom({ receivedAtMs }: PageBatch, fromDay: string | null): boolean {
  return fromDay === null || localDateAt(receivedAtMs) >= fromDay;
}

/** The records of a range that are stored or wanted, in order of key; what is stored is read as it is needed. */
async function* groupsOf(
  { sql }: IngestionContext,
  readmission: ReadmissionRow,
  { wanted, erasedOf, batchIds, readmissionIds }: ReadPart,
  { fromKey, untilKey }: KeyRange,
  { recordsPerGroup }: ReadmissionSizes,
): AsyncGenerator<RecordsToReadmit> {
  const scope = { batchIds, readmissionIds };
  const wantedKeys = [...wanted.recordKeys].sort();
  // The first key of a range is no record's: keys of records are UUIDs of version 8.
  for (let afterKey = fromKey, place = 0; ; ) {
    const asked = { source: readmission.source, afterKey, untilKey, limit: recordsPerGroup };
    const stored = await readRecordKeysAfter(sql, asked);
    const lastKey = stored.length < recordsPerGroup ? untilKey : (stored.at(-1) ?? untilKey);
    const keys = new Set(stored);
    for (let key = wantedKeys[place]; key !== undefined && key <= lastKey; key = wantedKeys[place]) {
      keys.add(key);
      place += 1;
    }
    const recordKeys = [...keys].filter((recordKey) => !erasedOf.has(recordKey)).sort();
    for (let from = 0; from < recordKeys.length; from += recordsPerGroup) {
      yield { readmission, recordKeys: recordKeys.slice(from, from + recordsPerGroup), wanted, scope };
    }
    if (lastKey === untilKey) return;
    afterKey = lastKey;
  }
}

async function compare(
  context: IngestionContext,
  group: RecordsToReadmit,
  progress: ReadmissionProgress,
): Promise<ReadmissionProgress> {
  const differences = await compareRecords(context, group);
  const { readmissionId } = group.readmission;
  await writeReadmissionChanges(
    context.sql,
    readmissionId,
    differences.flatMap(({ changes }) => changes),
  );
  return withSums(progress, differences, 0);
}

async function apply(
  context: IngestionContext,
  group: RecordsToReadmit,
  progress: ReadmissionProgress,
): Promise<ReadmissionProgress> {
  const isSame = !progress.repost && (await compareRecords(context, group)).length === 0;
  if (isSame) return progress;
  let after = progress;
  const batchId = await applyDifferences(context, group, (differences, renamed) => {
    after = withSums(progress, differences, renamed);
    return after;
  });
  if (batchId === null) return progress;
  await hintPosting(context, batchId);
  return after;
}

function withSums(
  progress: ReadmissionProgress,
  differences: readonly RecordDifference[],
  renamed: number,
): ReadmissionProgress {
  const sums: Record<string, number> = { ...progress.sums };
  const add = (word: string, count: number) => {
    if (count > 0) sums[word] = (sums[word] ?? 0) + count;
  };
  add("records", differences.length);
  add("peopleRenamed", renamed);
  for (const { added, refused, changed, leftOut, settled, reinstated, decisions } of differences) {
    add("added", added.length);
    add("changed", changed.length);
    add("leftOut", leftOut.length);
    add("refused", refused.length + reinstated.length);
    add("refusedNoMore", settled.length);
    add("decisionsMoved", decisions.moved.length);
    add("decisionsLeft", decisions.left);
  }
  return { ...progress, sums };
}
