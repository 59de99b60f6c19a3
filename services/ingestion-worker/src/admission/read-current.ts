import {
  markProbe,
  type PullFinding,
  readCursor,
  readPlatformStates,
  readSnapshotRows,
  readSuspectedRanges,
  type SuspectedRange,
} from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import { type Overlap, overlapBoundsOf, overlapFrom, overlapStartMs, withOverlap } from "../acquisition/overlap.ts";
import { readsSnapshots } from "../acquisition/reads-snapshots.ts";
import { type ExpectedRange, expectRecords } from "./expect-records.ts";
import { judgeDrop } from "./judge-completeness.ts";
import { judgeFiles } from "./judge-files.ts";
import { OrdinalCounter } from "./judge-rows.ts";
import { judgementOf, judgeRangeAlone, judgeSuspected, suspectedSeconds } from "./judge-suspected.ts";
import { openPull } from "./open-pull.ts";
import { failedRead, type Judgement, judgedRead, NOTHING_FOUND, type PullWork, type ReadPull } from "./read-pull.ts";
import { type StoredEvents, storeEvents } from "./store-events.ts";

/**
 * Reads a platform from its cursor, less the overlap, to its end, and judges what came against what is stored of the
 * overlap, of files that come again, or of the whole listing where each pull reads it all. What earlier pulls left
 * suspected is read again too, as far as that is within reach.
 */
export async function readCurrent(work: PullWork): Promise<ReadPull> {
  const { context, platform, pull, pullContext } = work;
  const target = context.targets[platform.name];
  if (target === undefined) return failedRead(context.clock(), "target_missing");
  const cursor = await readCursor(context.sql, platform.name);
  const overlap = overlapFrom(platform, cursor);
  const { seconds: ownSeconds, isDeepest } = await chooseOverlap(work, overlap);
  const suspected = await readSuspectedRanges(context.sql, platform.name);
  const overlapSeconds = overlap === null ? ownSeconds : Math.max(ownSeconds, suspectedSeconds(overlap, suspected));
  const expected = overlap === null ? null : await expectOverlap(work, overlap, overlapSeconds);
  const startedAtMs = context.clock();
  const looking = overlap === null ? platform : withOverlap(platform, overlapSeconds);
  const opened = await openPull(context, looking, pull, target, { cursor, range: null }, pullContext);
  if (opened.kind === "fault") return failedRead(startedAtMs, opened.reason);
  const run = {
    platform,
    pull,
    ordinals: new OrdinalCounter(),
    overlap,
    expected: expected?.records ?? null,
    moves: "cursor",
  } as const;
  const stored = await storeEvents(context, run, opened.events);
  if (stored.end.outcome !== "complete") return judgedRead(stored, NOTHING_FOUND);
  const ownFromMs = overlap === null ? 0 : overlapStartMs(platform, overlap, ownSeconds);
  const judgement = await judgeOverlap(work, expected, ownFromMs, suspected);
  const drops = [
    ...(await judgeFiles(context, platform, { pullId: pull.pullId, cursor, files: stored.files }, "all")),
    ...(await judgeSnapshot(work, stored)),
  ];
  const read = judgedRead(stored, { ...judgement, findings: [...judgement.findings, ...drops] });
  return { ...read, hasProbed: isDeepest };
}

function expectOverlap({ context, platform }: PullWork, overlap: Overlap, seconds: number): Promise<ExpectedRange> {
  const range = { fromMs: overlapStartMs(platform, overlap, seconds), untilMs: overlap.positionMs };
  return expectRecords(context, platform, range);
}

/** @param ownFromMs where the overlap begins that the pull has without suspicion, ms since 1970 UTC */
async function judgeOverlap(
  { context, platform }: PullWork,
  expected: ExpectedRange | null,
  ownFromMs: number,
  suspected: readonly SuspectedRange[],
): Promise<Judgement> {
  const still = await judgeSuspected(context, platform, expected, suspected);
  const own = expected === null ? [] : await judgeRangeAlone(context, platform, { ...expected, fromMs: ownFromMs });
  return judgementOf([...still, ...own]);
}

/**
 * The overlap that was learned; the first pull of a day that comes to its end looks back as far as the overlap may grow,
 * to measure how late rows come that it does not reach. A first pull of all reads everything, so nothing is left to
 * measure on that day.
 */
async function chooseOverlap(
  work: PullWork,
  overlap: Overlap | null,
): Promise<{ readonly seconds: number; readonly isDeepest: boolean }> {
  const { context, platform, pull } = work;
  const bounds = overlapBoundsOf(platform);
  if (bounds === null) return { seconds: 0, isDeepest: false };
  const nowMs = context.clock();
  const [state] = await readPlatformStates(context.sql, platform.name);
  const learned = Math.min(Math.max(state?.overlapSeconds ?? 0, bounds.secondsMin), bounds.secondsMax);
  const probedAtMs = state?.probedAtMs ?? null;
  const isProbedToday = probedAtMs !== null && localDateAt(probedAtMs) >= localDateAt(nowMs);
  if (bounds.secondsMax <= learned || isProbedToday) return { seconds: learned, isDeepest: false };
  if (overlap === null) return { seconds: learned, isDeepest: true };
  await markProbe(context.sql, pull.pullId);
  return { seconds: bounds.secondsMax, isDeepest: true };
}

async function judgeSnapshot({ context, platform }: PullWork, { end }: StoredEvents): Promise<PullFinding[]> {
  if (!readsSnapshots(platform)) return [];
  const before = await readSnapshotRows(context.sql, platform.name);
  return before === null ? [] : judgeDrop(null, before, end.rowsSeen, platform.expectations);
}
