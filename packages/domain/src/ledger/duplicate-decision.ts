import { compareText } from "../values/text.ts";

/** What an operator states of records of one person; the kind is the stable reason code of what follows from it. */
export const DUPLICATE_DECISION_KINDS = ["same_achievement", "distinct_achievements"] as const;
export type DuplicateDecisionKind = (typeof DUPLICATE_DECISION_KINDS)[number];

/** That some records are one achievement, or that none of them is another's; in force: nobody took it back. */
export interface DuplicateDecision {
  readonly decisionId: string;
  /** Milliseconds since 1970 UTC. */
  readonly decidedAtMs: number;
  readonly kind: DuplicateDecisionKind;
  /** Sorted, at least two; it says something of each two of them. */
  readonly recordKeys: readonly string[];
}

/** Names a decision: one correction may decide of several sets of records, no record of two of them. */
export function duplicateDecisionKey({ decisionId, recordKeys }: DuplicateDecision): string {
  return `${decisionId}/${recordKeys[0]}`;
}

/** Sets of records that decisions make the same, directly or by way of further records, in the order of the decisions. */
export function sameAchievementSets(decisions: readonly DuplicateDecision[]): string[][] {
  const sets = new Map<string, string[]>();
  for (const { kind, recordKeys } of decisions) {
    if (kind !== "same_achievement") continue;
    const met = new Set(recordKeys.flatMap((recordKey) => [sets.get(recordKey) ?? [recordKey]]));
    const all = [...new Set([...met].flat())];
    for (const recordKey of all) sets.set(recordKey, all);
  }
  return [...new Set(sets.values())];
}

/** By record, all decisions that name it, or a record that they make the same as it. */
export function duplicatesByRecord(
  decisions: readonly DuplicateDecision[],
): ReadonlyMap<string, readonly DuplicateDecision[]> {
  const setOf = new Map(
    sameAchievementSets(decisions).flatMap((set) => set.map((recordKey) => [recordKey, set] as const)),
  );
  const found = new Map<string, DuplicateDecision[]>();
  for (const decision of decisions) {
    for (const recordKey of new Set(decision.recordKeys.flatMap((named) => setOf.get(named) ?? [named]))) {
      const ofRecord = found.get(recordKey);
      if (ofRecord === undefined) found.set(recordKey, [decision]);
      else ofRecord.push(decision);
    }
  }
  return found;
}

/**
 * The oldest decision by which records are distinct that others make the same; null: the decisions agree. They agree on
 * records alone, however those stand.
 */
export function contradictionAmong(decisions: readonly DuplicateDecision[]): DuplicateDecision | null {
  const sets = sameAchievementSets(decisions).map((recordKeys) => new Set(recordKeys));
  const disagreeing = decisions.filter(({ kind, recordKeys }) => {
    if (kind !== "distinct_achievements") return false;
    return sets.some((set) => recordKeys.filter((recordKey) => set.has(recordKey)).length > 1);
  });
  return disagreeing.toSorted(compareAge)[0] ?? null;
}

function compareAge(left: DuplicateDecision, right: DuplicateDecision): number {
  const difference = left.decidedAtMs - right.decidedAtMs;
  return difference !== 0 ? difference : compareText(duplicateDecisionKey(left), duplicateDecisionKey(right));
}
