import type { KeptVerdict } from "@xueshi/database";
import type { PlatformFreshness } from "@xueshi/domain";
import { LATE_COMMIT_MS_MAX } from "../requirement/read-knowledge.ts";
import type { KeptDecision } from "./kept-decision.ts";
import type { Evidence } from "./read-evidence.ts";
import type { ReplayDifference } from "./replay.ts";

/** How complete the platforms of record were known to be, or null where the marks are not what they were. */
export interface RecalledMarks {
  readonly freshness: readonly PlatformFreshness[] | null;
  readonly differences: readonly ReplayDifference[];
}

type RecordedMark = NonNullable<KeptDecision["known"]>["marks"][number];

/** Finds the recorded marks again. In a decision from before they were recorded, the newest by then take their place. */
export function recallMarks(decision: KeptDecision, evidence: Evidence): RecalledMarks {
  const { known, knownAtMs, platforms } = decision;
  if (known === null) {
    return { freshness: platforms.flatMap((platform) => newestOf(platform, knownAtMs, evidence)), differences: [] };
  }
  const freshness: PlatformFreshness[] = [];
  const differences: ReplayDifference[] = [];
  for (const mark of known.marks) {
    const recalled = recall(mark, knownAtMs, evidence);
    if ("code" in recalled) differences.push(recalled);
    else freshness.push(recalled);
  }
  return { freshness: differences.length === 0 ? freshness : null, differences };
}

function newestOf(platform: string, knownAtMs: number, { marksAt }: Evidence): PlatformFreshness[] {
  const { newest, complete } = marksAt(platform, knownAtMs);
  if (newest === null) return [];
  const completeUntilMs = complete?.completeUntilMs ?? null;
  return [{ platform, completeUntilMs, partialSince: newest.completeUntilMs === null }];
}

function recall(
  { platform, newestPullId, completePullId }: RecordedMark,
  knownAtMs: number,
  { markOf }: Evidence,
): PlatformFreshness | ReplayDifference {
  const path = `known.marks[${platform}]`;
  const newest = markOf(platform, newestPullId);
  if (newest === null) return { code: "marks_not_found", path, kept: newestPullId, replayed: null };
  const complete = completePullId === null ? null : markOf(platform, completePullId);
  if (completePullId !== null && complete === null) {
    return { code: "marks_not_found", path, kept: completePullId, replayed: null };
  }
  const isComplete = newestPullId === completePullId;
  const isAsRecorded =
    newest.recordedAtMs <= knownAtMs &&
    (newest.completeUntilMs !== null) === isComplete &&
    (complete === null || (complete.completeUntilMs !== null && complete.recordedAtMs <= newest.recordedAtMs));
  if (!isAsRecorded) return { code: "marks_altered", path, kept: newestPullId, replayed: newest.outcome };
  return { platform, completeUntilMs: complete?.completeUntilMs ?? null, partialSince: !isComplete };
}

/** Marks of the platforms of record that claim to be older than the answer by far, and were not known to it. */
export function marksAddedLater(
  kept: KeptVerdict,
  { known, knownAtMs, platforms }: KeptDecision,
  { marksAt, markOf }: Evidence,
): ReplayDifference[] {
  if (known === null) return [];
  return platforms.flatMap((platform): ReplayDifference[] => {
    const recorded = known.marks.find((mark) => mark.platform === platform)?.newestPullId ?? null;
    const { newest } = marksAt(platform, knownAtMs);
    if (newest === null || newest.pullId === recorded) return [];
    if (newest.recordedAtMs >= kept.keptAtMs - LATE_COMMIT_MS_MAX) return [];
    // Where the recorded one is gone, the one before it has become the newest, which is no second finding.
    const before = recorded === null ? null : markOf(platform, recorded);
    if (recorded !== null && newest.recordedAtMs < (before?.recordedAtMs ?? Number.POSITIVE_INFINITY)) return [];
    const path = `known.marks[${platform}].newestPullId`;
    return [{ code: "marks_added_later", path, kept: recorded, replayed: newest.pullId }];
  });
}
