import {
  type IdentifiedMark,
  readActivationCount,
  readActivations,
  readPlatformMarksAfter,
  type Sql,
} from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";
import { completenessSteps, type Knowledge } from "./knowledge.ts";

/**
 * Marks and activations are stamped before their transactions commit, and are read a moment after; none takes this long, so
 * an overlap this wide misses none.
 */
export const LATE_COMMIT_MS_MAX = 600_000;

/**
 * Reads what changed since `before`, or everything when it is null. Returns `before` itself when nothing did.
 * Rejects when an activated text cannot be read: answering by the one before it would be a wrong answer.
 */
export async function readKnowledge(sql: Sql, before: Knowledge | null): Promise<Knowledge> {
  const marksAfterMs = Math.max(0, (before?.marks.at(-1)?.recordedAtMs ?? 0) - LATE_COMMIT_MS_MAX);
  const [activationCount, recentMarks] = await Promise.all([
    readActivationCount(sql),
    readPlatformMarksAfter(sql, marksAfterMs),
  ]);
  const marks = mergeMarks(before?.marks ?? [], recentMarks, marksAfterMs);
  const ruleSets = activationCount === before?.ruleSets.length ? before.ruleSets : await readRuleSets(sql, before);
  if (before !== null && marks === before.marks && ruleSets === before.ruleSets) return before;
  return { ruleSets, marks, steps: completenessSteps(marks) };
}

/** The older marks with the recent ones in place of those after `afterMs`; the same list when it says the same. */
function mergeMarks(
  known: readonly IdentifiedMark[],
  recent: readonly IdentifiedMark[],
  afterMs: number,
): readonly IdentifiedMark[] {
  const older = known.findLastIndex((mark) => mark.recordedAtMs <= afterMs) + 1;
  const isSame = known.length - older === recent.length && recent.every((mark, at) => isMark(mark, known[older + at]));
  return isSame ? known : [...known.slice(0, older), ...recent];
}

/** What a mark says is never changed. */
function isMark(mark: IdentifiedMark, known: IdentifiedMark | undefined): boolean {
  return mark.pullId === known?.pullId && mark.platform === known.platform;
}

/** Texts that are known are not parsed again, and keep the rule set objects that were compiled from them. */
async function readRuleSets(sql: Sql, before: Knowledge | null): Promise<readonly ActivatedRuleSet[]> {
  const parsed = new Map(before?.ruleSets.map(({ digest, ruleSet }) => [digest, ruleSet]));
  const activations = await readActivations(sql);
  return activations.map(({ ruleSetId, digest, activatedAtMs, fullText }) => {
    const ruleSet = parsed.get(digest) ?? parseRuleSet(fullText, ruleSetId);
    parsed.set(digest, ruleSet);
    return { ruleSet, digest, activatedAtMs };
  });
}
