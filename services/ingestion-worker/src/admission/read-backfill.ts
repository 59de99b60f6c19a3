import { readCursor, readSuspectedRanges, setRowsExpected } from "@xueshi/database";
import { overlapFrom } from "../acquisition/overlap.ts";
import { type DayRange, instantsOf, rangeStart } from "../acquisition/pull-range.ts";
import { type ExpectedRange, expectRecords } from "./expect-records.ts";
import { judgeFiles } from "./judge-files.ts";
import { OrdinalCounter } from "./judge-rows.ts";
import { judgementOf, judgeRangeAlone, judgeSuspected } from "./judge-suspected.ts";
import { openPull, type Reading } from "./open-pull.ts";
import { failedRead, type Judgement, judgedRead, NOTHING_FOUND, type PullWork, type ReadPull } from "./read-pull.ts";
import { type StoredEvents, storeEvents } from "./store-events.ts";

/**
 * Reads a range of days again. The platform's cursor stays where it is; the back-fill keeps a position of its own, from
 * which it goes on when it was interrupted. Records of the range that do not come are looked for behind the cursor, where
 * they have gone if they were changed since the last pull, before anything is called missing. What had been read before
 * an interruption is not judged again. What pulls left suspected within the range is judged by itself too.
 * @param afterBatch called when a batch is stored
 */
export async function readBackfill(work: PullWork, afterBatch: () => Promise<void>): Promise<ReadPull> {
  const { context, platform, pull } = work;
  const { fromDay, untilDay } = pull;
  const startedAtMs = context.clock();
  const cursor = await readCursor(context.sql, platform.name);
  const range = fromDay === null || untilDay === null ? null : { fromDay, untilDay };
  const start = range === null ? null : (pull.position ?? rangeStart(platform, range, cursor));
  if (range === null || start === null) return failedRead(startedAtMs, "backfill_not_supported");
  const expected = await expectRange(work, range, start);
  const isListing = platform.connection.transport !== "file";
  const reading = { cursor: start, range: isListing ? range : null };
  const stored = await readEvents(work, reading, expected, "position", afterBatch);
  if (typeof stored === "string") return failedRead(startedAtMs, stored);
  if (isEmptyRange(stored, expected))
    return judgedRead(completed(stored), { ...NOTHING_FOUND, judged: boundsOf(expected) });
  if (stored.end.outcome !== "complete") return judgedRead(stored, NOTHING_FOUND);
  const drops = await judgeFiles(context, platform, { pullId: pull.pullId, cursor, files: stored.files }, "own");
  const withDrops = (judgement: Judgement) => ({ ...judgement, findings: [...judgement.findings, ...drops] });
  const judgement = await judgeBackfill(work, expected);
  if (judgement.findings.length === 0) return judgedRead(stored, withDrops(judgement));
  const behind = await readEvents(work, { cursor, range: null }, expected, "nothing", afterBatch);
  if (typeof behind === "string") return failedRead(startedAtMs, behind);
  const rejudged = withDrops(await judgeBackfill(work, expected));
  return judgedRead({ ...behind, rowsNew: stored.rowsNew + behind.rowsNew, files: stored.files }, rejudged);
}

/** The findings of a range, and of what is suspected within it; a back-fill leaves nothing suspected. */
async function judgeBackfill({ context, platform }: PullWork, expected: ExpectedRange): Promise<Judgement> {
  const suspected = await readSuspectedRanges(context.sql, platform.name);
  const within = suspected.filter(({ fromMs, untilMs }) => expected.fromMs <= fromMs && untilMs <= expected.untilMs);
  const own = await judgeRangeAlone(context, platform, expected);
  const still = await judgeSuspected(context, platform, expected, within);
  return { ...judgementOf([...own, ...still]), suspected: [], judged: boundsOf(expected) };
}

const boundsOf = ({ fromMs, untilMs }: ExpectedRange) => ({ fromMs, untilMs });

/** What must come: of a listing, the records of the range that is still to be read; of files, see {@link judgeFiles}. */
async function expectRange(work: PullWork, range: DayRange, start: unknown): Promise<ExpectedRange> {
  const { context, platform } = work;
  const { fromMs, untilMs } = instantsOf(range);
  const reached = overlapFrom(platform, start);
  if (reached === null) return expectRecords(context, platform, { fromMs: 1, untilMs: 0 });
  return expectRecords(context, platform, { fromMs: Math.max(fromMs, reached.positionMs), untilMs });
}

/** The reason when nothing could be asked. */
async function readEvents(
  work: PullWork,
  reading: Reading,
  expected: ExpectedRange,
  moves: "position" | "nothing",
  afterBatch: () => Promise<void>,
): Promise<StoredEvents | string> {
  const { context, platform, pull, pullContext } = work;
  const target = context.targets[platform.name];
  if (target === undefined) return "target_missing";
  const opened = await openPull(context, platform, pull, target, reading, pullContext);
  if (opened.kind === "fault") return opened.reason;
  if (opened.rowsExpected !== null) await setRowsExpected(context.sql, pull.pullId, opened.rowsExpected);
  const { records } = expected;
  const counting = { ordinals: new OrdinalCounter(), overlap: null, expected: records };
  const run = { platform, pull, ...counting, moves };
  return storeEvents(context, run, opened.events, afterBatch);
}

/** A range behind the last row of a listing is answered with an empty list, which is no fault where nothing is known. */
function isEmptyRange({ end }: StoredEvents, { records }: ExpectedRange): boolean {
  return end.reason === "list_empty" && end.pages === 0 && records.size === 0;
}

function completed(stored: StoredEvents): StoredEvents {
  return { ...stored, end: { ...stored.end, outcome: "complete", reason: null } };
}
