import fc from "fast-check";
import { expect } from "vitest";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { deriveStandings, judgingOf } from "./derive-standings.ts";
import type { DuplicateStatement, LedgerFacts, MainRecord } from "./ledger-model.ts";
import { recordOf } from "./read-intake.ts";
import { isContradiction } from "./settle-decided.ts";

interface DuplicatePlan {
  readonly kind: DuplicateStatement["kind"];
  readonly first: number;
  readonly others: readonly number[];
  /** Whether the others are of anybody, and not only of the person and platform of record of the first. */
  readonly isAnywhere: boolean;
}

/** An operator says of records that they are one achievement, or that they are not; where they cannot be, it is refused. */
export const decideDuplicates: CommandKind<DuplicatePlan> = {
  ...{ kind: "decide of duplicates", weight: 6 },
  plan: fc.record({
    kind: fc.constantFrom<DuplicateStatement["kind"]>("same", "same", "distinct"),
    first: anyOf,
    others: fc.array(anyOf, { minLength: 1, maxLength: 2 }),
    isAnywhere: fc.constantFrom(false, false, false, true),
  }),
  run: async (model, real, plan) => {
    const { facts, applied } = model;
    const chosen = choose(facts, plan);
    if (chosen.length < 2) return false;
    const needsTwo = plan.kind === "distinct";
    const asked = chosen.map((record) => {
      const [source = "", recordId = ""] = record.split("/");
      return { source, recordId };
    });
    const refusals = refusalsOf(facts, plan.kind, chosen);
    if (refusals.length > 0) {
      const refused = await refusedFor(real.proposeDuplicates(plan.kind, asked));
      expect(refusals, JSON.stringify(chosen)).toContain(refused);
      return false;
    }
    const id = await real.proposeDuplicates(plan.kind, asked);
    if (needsTwo) await expect(real.apply(id, "alice", "record_sets")).rejects.toMatchObject(SECOND);
    await real.apply(id, needsTwo ? "bob" : "alice", "record_sets");
    facts.duplicates.push({ id, kind: plan.kind, records: chosen });
    applied.push({ id, needsTwo, of: "record_sets" });
    return true;
  },
};

const SECOND = { code: "second_holder_required" };

function refusedFor(proposal: Promise<string>): Promise<string> {
  return proposal.then(
    () => "nothing",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

function choose(facts: LedgerFacts, { first, others, isAnywhere }: DuplicatePlan): string[] {
  const { main } = deriveStandings(facts);
  const known = [...new Set(judgingOf(facts).rows.map((row) => row.recordId))].sort();
  const places = Map.groupBy(main, (one) => `${one.owner}/${authorityOf(one)}`);
  const near = [...places.values()].filter((place) => place.length > 1).map((place) => place.map(recordOf).sort());
  const among = isAnywhere ? known : pick(near, first);
  if (among === undefined) return [];
  return [...new Set([first, ...others].flatMap((number) => pick(among, number) ?? []))];
}

function authorityOf(record: MainRecord | undefined): string | undefined {
  return record?.authority ?? record?.platform;
}

/** For which of these reasons a statement is refused; none: it is taken. */
function refusalsOf(facts: LedgerFacts, kind: DuplicateStatement["kind"], records: readonly string[]): string[] {
  const { main } = deriveStandings(facts);
  const standing = records.flatMap((record) => main.find((one) => recordOf(one) === record) ?? []);
  // Whom a record that does not stand names may be somebody else, or nobody at all.
  if (standing.length < records.length) {
    return ["duplicates_not_standing", "duplicates_across_people", "correction_records_unknown"];
  }
  if (new Set(standing.map(({ owner }) => owner)).size > 1) return ["duplicates_across_people"];
  if (new Set(standing.map(authorityOf)).size > 1) return ["duplicates_across_authorities"];
  const all = [...facts.duplicates, { id: "asked", kind, records }];
  return isContradiction(all) ? ["duplicates_contradict"] : [];
}
