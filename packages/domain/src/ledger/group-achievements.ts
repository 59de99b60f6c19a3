import { type DuplicateDecision, sameAchievementSets } from "./duplicate-decision.ts";
import { compareRank } from "./settle-achievements.ts";
import type { Standing } from "./standing.ts";

/** What is looked at to say which records are one achievement. */
export type Competing = Pick<
  Standing,
  "practitionerId" | "platform" | "recordKey" | "recordId" | "source" | "hoursHundredths" | "achievementKey"
>;

/**
 * Divides records that compete (registered, or duplicate) into achievements: those of one person that share their key are
 * one by the rule, and decisions of operators stand above it. A decision says something only of records that are of one
 * person and one platform of record now. What is decided the same is put together first; then each record joins, in order
 * of rank, the first one of its key from which nothing decided keeps it apart. Depends on no order; groups and their
 * records come in the order given. Source: platforms.md, rule 3.
 */
export function groupAchievements<S extends Competing>(
  competing: readonly S[],
  decisions: readonly DuplicateDecision[],
): S[][] {
  if (decisions.length === 0) return groupBy(competing, (one) => (one.achievementKey === null ? one : keyOf(one)));
  const places = groupBy(competing, ({ practitionerId, platform }) => `${practitionerId}/${platform}`);
  return places.flatMap((place) => groupPlace(place, decisions));
}

function keyOf({ practitionerId, achievementKey }: Competing): string {
  return `${practitionerId}/${achievementKey}`;
}

/** Groups, and what is in each, in the order given. */
function groupBy<S>(all: readonly S[], groupOf: (one: S) => unknown): S[][] {
  const groups = new Map<unknown, S[]>();
  for (const one of all) {
    const key = groupOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Of records of one person and platform of record. */
function groupPlace<S extends Competing>(place: readonly S[], decisions: readonly DuplicateDecision[]): S[][] {
  const ranked = place.toSorted(compareRank);
  const ranks = new Map(ranked.map(({ recordKey }, at) => [recordKey, at]));
  const present = (recordKeys: readonly string[]) =>
    recordKeys.flatMap((recordKey) => ranks.get(recordKey) ?? []).sort((left, right) => left - right);
  const groups = new Groups(ranked.length);
  for (const { kind, recordKeys } of decisions) {
    if (kind === "distinct_achievements") groups.keepApart(present(recordKeys));
  }
  for (const set of sameAchievementSets(decisions)) {
    const here = present(set);
    for (const at of here) groups.joinFirst(at, here);
  }
  const sharing = new Map<string, number[]>();
  ranked.forEach(({ achievementKey }, at) => {
    if (achievementKey === null) return;
    const earlier = sharing.get(achievementKey) ?? [];
    groups.joinFirst(at, earlier);
    sharing.set(achievementKey, [...earlier, at]);
  });
  return groupBy(place, ({ recordKey }) => groups.groupOf(ranks.get(recordKey) ?? 0));
}

/** Groups of numbered things of which some must not come together. */
class Groups {
  readonly #groups: number[][];
  readonly #apart = new Set<string>();

  constructor(count: number) {
    this.#groups = Array.from({ length: count }, (_, at) => [at]);
  }

  groupOf(at: number): readonly number[] {
    return this.#groups[at] ?? [];
  }

  /** No two of these come together. */
  keepApart(all: readonly number[]): void {
    for (const one of all) for (const other of all) if (one !== other) this.#apart.add(`${one}/${other}`);
  }

  /** Brings a thing to the group of the first of some that is before it and may be with it. */
  joinFirst(at: number, candidates: readonly number[]): void {
    for (const other of candidates) if (other < at && this.#join(at, other)) return;
  }

  #join(one: number, other: number): boolean {
    const [left, right] = [this.#groups[one] ?? [], this.#groups[other] ?? []];
    if (left === right) return true;
    if (left.some((a) => right.some((b) => this.#apart.has(`${a}/${b}`)))) return false;
    const both = [...left, ...right];
    for (const at of both) this.#groups[at] = both;
    return true;
  }
}
