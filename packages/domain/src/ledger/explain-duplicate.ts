import { achievementKeyOf } from "../classification/classify-record.ts";
import type { Sha256Hex } from "../values/keys.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import { compareText } from "../values/text.ts";
import { type DuplicateDecision, duplicateDecisionKey } from "./duplicate-decision.ts";
import type { RecordState } from "./entry.ts";
import { type Competing, groupAchievements } from "./group-achievements.ts";
import { compareRank } from "./settle-achievements.ts";

/** A record that competes, as it stands. */
export type CompetingRecord = Competing & { readonly state: RecordState | null };

/** Why one record is the same achievement as the one before it: an operator's decision, or (null) the rule. */
export interface SameAs<D extends DuplicateDecision> {
  readonly recordKey: string;
  readonly decision: D | null;
}

/** Which record counts in another's place, and the shortest way from that one to it; the last step is the one that counts. */
export interface CountsInstead<S extends CompetingRecord, D extends DuplicateDecision> {
  readonly counting: S;
  readonly because: readonly SameAs<D>[];
}

/** A record that competes, by what its entry says. */
export interface CompetingEntry extends Omit<CompetingRecord, "achievementKey"> {
  readonly subject: Subject | null;
  readonly obtainedOn: LocalDate | null;
  readonly title: string | null;
  /** Whether an operator lets it count beside what the rule compares it with. */
  readonly isExempt: boolean;
}

/** The key by which the rule compares an entry with others; null where it does not. */
export function competingRecord<E extends CompetingEntry>(entry: E, sha256Hex: Sha256Hex): E & CompetingRecord {
  const { platform, subject, obtainedOn, title, isExempt } = entry;
  const isCompared = !isExempt && subject !== null && obtainedOn !== null;
  const key = isCompared ? achievementKeyOf(sha256Hex, platform, subject, obtainedOn, title ?? "") : null;
  return { ...entry, achievementKey: key };
}

/**
 * Says which record counts in the place of a duplicate, and why; null where none of its achievement does.
 * @param competing all records of its person that compete, as they stand at one moment
 * @param decisions those in force then, of any of these
 */
export function explainDuplicate<S extends CompetingRecord, D extends DuplicateDecision>(
  recordKey: string,
  competing: readonly S[],
  decisions: readonly D[],
): CountsInstead<S, D> | null {
  const group = groupAchievements(competing, decisions).find((one) => one.some((each) => each.recordKey === recordKey));
  const [counting] = (group ?? []).filter(({ state }) => state === "registered").sort(compareRank);
  if (group === undefined || counting === undefined || counting.recordKey === recordKey) return null;
  return { counting, because: wayTo(recordKey, counting.recordKey, group, decisions) };
}

/** Goes from record to record, by decisions and by the rule, to the nearest ones first. */
function wayTo<D extends DuplicateDecision>(
  from: string,
  to: string,
  group: readonly CompetingRecord[],
  decisions: readonly D[],
): SameAs<D>[] {
  const ways = new Map<string, readonly SameAs<D>[]>([[from, []]]);
  for (const [recordKey, way] of ways) {
    if (recordKey === to) return [...way];
    for (const next of sameAs(recordKey, group, decisions)) {
      if (!ways.has(next.recordKey)) ways.set(next.recordKey, [...way, next]);
    }
  }
  return [];
}

function sameAs<D extends DuplicateDecision>(
  recordKey: string,
  group: readonly CompetingRecord[],
  decisions: readonly D[],
): SameAs<D>[] {
  const own = decisions.filter(({ recordKeys }) => recordKeys.includes(recordKey));
  const distinct = own.filter(({ kind }) => kind === "distinct_achievements").flatMap(({ recordKeys }) => recordKeys);
  const newestFirst = own
    .filter(({ kind }) => kind === "same_achievement")
    .sort(
      (left, right) =>
        right.decidedAtMs - left.decidedAtMs || compareText(duplicateDecisionKey(left), duplicateDecisionKey(right)),
    );
  const decided = newestFirst.flatMap((decision) => decision.recordKeys.map((key) => ({ recordKey: key, decision })));
  const key = group.find((one) => one.recordKey === recordKey)?.achievementKey ?? null;
  const ruled = group.filter((one) => key !== null && one.achievementKey === key && !distinct.includes(one.recordKey));
  return [...decided, ...ruled.map((one) => ({ recordKey: one.recordKey, decision: null }))];
}
