import {
  markProbe,
  type PullFinding,
  readCursor,
  readPlatformStates,
  readSnapshotRows,
  writeProbedAt,
} from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import { type Overlap, overlapBoundsOf, overlapFrom, overlapStartMs, withOverlap } from "../acquisition/overlap.ts";
import { readsSnapshots } from "../acquisition/reads-snapshots.ts";
import { expectRecords, judgeExpected } from "./expect-records.ts";
import { judgeDrop } from "./judge-completeness.ts";
import { judgeFiles } from "./judge-files.ts";
import { OrdinalCounter } from "./judge-rows.ts";
import { openPull } from "./open-pull.ts";
import { failedRead, judgedRead, type PullWork, type ReadPull } from "./read-pull.ts";
import { type StoredEvents, storeEvents } from "./store-events.ts";

const NOTHING_MISSING = { findings: [], missing: {} } as const;

/**
 * Reads a platform from its cursor, less the overlap, to its end, and judges what came against what is stored of the
 * overlap, of files that come again, or of the whole listing where each pull reads it all.
 */
export async function readCurrent(work: PullWork): Promise<ReadPull> {
  const { context, platform, pull, pullContext } = work;
  const target = context.targets[platform.name];
  if (target === undefined) return failedRead(context.clock(), "target_missing");
  const cursor = await readCursor(context.sql, platform.name);
  const overlap = overlapFrom(platform, cursor);
  const overlapSeconds = await chooseOverlap(work, overlap);
  const expected =
    overlap === null
      ? null
      : await expectRecords(context, platform, {
          fromMs: overlapStartMs(platform, overlap, overlapSeconds),
          untilMs: overlap.positionMs,
        });
  const startedAtMs = context.clock();
  const looking = overlap === null ? platform : withOverlap(platform, overlapSeconds);
  const opened = await openPull(context, looking, pull.pullId, target, { cursor, range: null }, pullContext);
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
  if (stored.end.outcome !== "complete") return judgedRead(stored, NOTHING_MISSING);
  const { findings, missing } = expected === null ? NOTHING_MISSING : await judgeExpected(context, platform, expected);
  const drops = [
    ...(await judgeFiles(context, platform, cursor, stored.files)),
    ...(await judgeSnapshot(work, stored)),
  ];
  return judgedRead(stored, { findings: [...findings, ...drops], missing });
}

/**
 * The overlap that was learned; the first pull of a day looks back as far as the overlap may grow, to measure how late
 * rows come that it does not reach. A first pull of all reads everything, so nothing is left to measure on that day.
 */
async function chooseOverlap(work: PullWork, overlap: Overlap | null): Promise<number> {
  const { context, platform, pull } = work;
  const bounds = overlapBoundsOf(platform);
  if (bounds === null) return 0;
  const nowMs = context.clock();
  const [state] = await readPlatformStates(context.sql, platform.name);
  const learned = Math.min(Math.max(state?.overlapSeconds ?? 0, bounds.secondsMin), bounds.secondsMax);
  const probedAtMs = state?.probedAtMs ?? null;
  const isProbedToday = probedAtMs !== null && localDateAt(probedAtMs) >= localDateAt(nowMs);
  if (bounds.secondsMax <= learned || isProbedToday) return learned;
  await writeProbedAt(context.sql, platform.name, nowMs);
  if (overlap === null) return learned;
  await markProbe(context.sql, pull.pullId);
  return bounds.secondsMax;
}

async function judgeSnapshot({ context, platform }: PullWork, { end }: StoredEvents): Promise<PullFinding[]> {
  if (!readsSnapshots(platform)) return [];
  const before = await readSnapshotRows(context.sql, platform.name);
  return before === null ? [] : judgeDrop(null, before, end.rowsSeen, platform.expectations);
}
