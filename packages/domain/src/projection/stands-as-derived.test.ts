import { describe, expect, it } from "vitest";
import type { Entry } from "../ledger/entry.ts";
import { planPostings } from "../ledger/plan-postings.ts";
import type { Standing } from "../ledger/standing.ts";
import { exampleStanding } from "../testing/examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { RecordStateRow } from "./record-state-of.ts";
import { standsAsDerived } from "./stands-as-derived.ts";

/** Two records that are one achievement, and a row that is held. */
const derived = [
  exampleStanding({ recordKey: "r1", recordId: "1", achievementKey: "a" }),
  exampleStanding({ recordKey: "r2", recordId: "2", achievementKey: "a", hoursHundredths: 500 }),
  exampleStanding({ recordKey: "r2", recordId: "2", slot: "held-1", state: "held", code: "x", achievementKey: null }),
];

/** What posting these leaves, in the chain and beside it. */
function post(all: readonly Standing[]): { readonly entries: Entry[]; readonly states: RecordStateRow[] } {
  const plan = planPostings({ derived: all, posted: [], rivals: [], actor: "", reason: null, note: null });
  const planned = [...plan.entries.values()].flat();
  const entries = planned.map(
    ({ body }, at): Entry => ({
      ...body,
      ...{ practitionerId: "p", sequence: at + 1, postingId: "posting", recordedAtMs: 1, hash: "" },
    }),
  );
  const states = planned.flatMap(({ standing }, at): RecordStateRow[] =>
    standing === null ? [] : [{ ...standing, practitionerId: "p", sequence: at + 1 }],
  );
  return { entries, states };
}

const bySequence = (entries: readonly Entry[]) => new Map(entries.map((entry) => [entry.sequence, entry]));
const isFine = (
  all: readonly Standing[],
  { entries, states }: { readonly entries: readonly Entry[]; readonly states: readonly RecordStateRow[] },
) => standsAsDerived(all, bySequence(entries), states);
const posted = post(derived);

describe("records of a person stand as their rows say", () => {
  it("when that is what was posted, in whatever order", () => {
    expect(isFine(derived, posted)).toBe(true);
    expect(isFine(derived.toReversed(), { entries: posted.entries, states: posted.states.toReversed() })).toBe(true);
    expect(isFine([], { entries: [], states: [] })).toBe(true);
  });

  it("not when one is missing on any side", () => {
    for (const at of derived.keys()) {
      const without = <Row>(rows: readonly Row[]) => rows.filter((_, index) => index !== at);
      expect(isFine(without(derived), posted)).toBe(false);
      expect(isFine(derived, { ...posted, entries: without(posted.entries) })).toBe(false);
      expect(isFine(derived, { ...posted, states: without(posted.states) })).toBe(false);
    }
  });

  it("not when two are derived for one place, or a state rests on another posting", () => {
    const [first, second, third] = derived as [Standing, Standing, Standing];
    expect(isFine([first, first, third], posted)).toBe(false);
    const states = posted.states.map((state) => ({ ...state, sequence: 1 }));
    expect(isFine([first, second, third], { ...posted, states })).toBe(false);
  });

  it("not when the other record of an achievement counts", () => {
    const swapped = derived.map((standing) => ({
      ...standing,
      hoursHundredths: 500 - (standing.hoursHundredths ?? 0),
    }));
    expect(isFine(swapped, posted)).toBe(false);
  });

  it.each<[string, Partial<Standing>]>([
    ["state", { state: "unclassified", achievementKey: null }],
    ["code", { state: "held", code: "another", achievementKey: null }],
    ["hours", { hoursHundredths: 501 }],
    ["subject", { subject: "general_common" }],
    ["title", { title: "another title" }],
    ["year", { attributedYear: 2019 }],
    ["date", { obtainedOn: "2020-03-03" as LocalDate }],
    ["platform", { platform: "another" }],
    ["pathway", { pathway: "another" }],
    ["assessment", { assessedOn: "2020-03-03" as LocalDate }],
    ["trace", { trace: "another" }],
    ["flags", { flags: "another" }],
    ["content", { sourceDigest: "00" }],
    ["achievement", { achievementKey: "b" }],
  ])("not when the %s of a record is another one", (_name, change) => {
    for (const at of derived.keys()) {
      const changed = derived.map((standing, index) => (index === at ? { ...standing, ...change } : standing));
      expect(isFine(changed, posted)).toBe(false);
    }
  });
});
