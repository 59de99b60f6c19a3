import { PROVENANCES, type Provenance, type RuleSet } from "@xueshi/domain";

export type ValueCounts = Readonly<Record<Provenance | "all", number>>;

/** How many cited values a rule set has, itself and its rows included, by how they are known. */
export function countValues(ruleSet: RuleSet): ValueCounts {
  const counts = { notice: 0, read: 0, second_hand: 0, inferred: 0, all: 0 };
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const provenance = "provenance" in value ? PROVENANCES.find((known) => known === value.provenance) : undefined;
    if (provenance !== undefined) {
      counts[provenance] += 1;
      counts.all += 1;
    }
    for (const inner of Object.values(value)) look(inner);
  };
  look(ruleSet);
  return counts;
}
