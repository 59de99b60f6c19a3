import { describe, expect, it } from "vitest";
import type { Entry, EntryBody } from "../ledger/entry.ts";
import { exampleBody } from "../testing/examples.ts";
import { type Balance, balancesOf } from "./balance.ts";
import type { RecordStateRow } from "./record-state-of.ts";
import { verifyBalances } from "./verify-balances.ts";
import { verifyRecordStates } from "./verify-record-states.ts";

const bodies: EntryBody[] = [
  exampleBody({ recordKey: "r1", recordId: "1" }),
  exampleBody({ recordKey: "r2", recordId: "2", hoursHundredths: 500, attributedYear: 2019, title: "另一门课" }),
  exampleBody({ recordKey: "r3", recordId: "3", state: "duplicate", code: "duplicate", hoursHundredths: 700 }),
  exampleBody({ recordKey: "r4", slot: "held-1", state: "held", code: "identity_conflict" }),
];
const entries: Entry[] = bodies.map((body, at) => ({
  ...body,
  practitionerId: "p",
  sequence: at + 1,
  postingId: "posting",
  recordedAtMs: 1,
  hash: "",
}));
const standing = (chain: readonly Entry[] = entries) => new Map(chain.map((entry) => [entry.sequence, entry]));

/** Shows the parts of a key as its first digits, so that equal keys are equal texts. */
const context = {
  sha256Hex: (text: string) => Buffer.from(text).toString("hex").slice(-64).padStart(64, "0"),
  countsBesides: () => false,
  duplicatesOf: () => [],
};
const keyless = (state: RecordStateRow) => ({ ...state, achievementKey: null });
const empty = verifyRecordStates(standing(), [], context);
const states: RecordStateRow[] = entries.map(({ practitionerId, recordKey, slot, source, state, sequence }) => ({
  practitionerId,
  recordKey: recordKey ?? "",
  slot,
  source: source ?? "",
  state: state ?? "",
  sequence,
  achievementKey: null,
}));
/** The states with the keys that belong to them, as the findings tell them. */
const kept = states.map((state) => {
  const finding = verifyRecordStates(standing(), [state], context).find(({ field }) => field === "achievement_key");
  return { ...state, achievementKey: finding?.expected ?? null };
});
const found = (rows: readonly RecordStateRow[], chain = entries) =>
  verifyRecordStates(standing(chain), rows, context).map(({ code, key, field }) => `${code} ${key} ${field}`);

describe("balances", () => {
  const balances = balancesOf(entries);

  it("that are the sums of what counts are sound, with or without sums of zero", () => {
    expect(verifyBalances(entries, balances)).toEqual([]);
    const reversal = { ...(entries[0] as Entry), kind: "reversal", reverses: 1, hoursHundredths: -800 } as const;
    const chain = [...entries, reversal];
    expect(verifyBalances(chain, balancesOf(chain))).toEqual([]);
    expect(
      verifyBalances(
        chain,
        balances.filter(({ attributedYear }) => attributedYear === 2019),
      ),
    ).toEqual([]);
  });

  const others: readonly Partial<Balance>[] = [
    { platform: "zj-industry" },
    { recognition: "other" },
    { attributedYear: 2021 },
    { subject: "general_common" },
    { pathway: "online" },
  ];
  it.each(others)("under another key, %o, are one missing and one too many", (change) => {
    const [first, ...rest] = balances as [Balance, ...Balance[]];
    expect(verifyBalances(entries, [{ ...first, ...change }, ...rest])).toMatchObject([
      { expected: null, found: "800" },
      { expected: "800", found: null },
    ]);
  });

  it("of other hours, missing, or kept of nothing are found", () => {
    const [first, ...rest] = balances as [Balance, ...Balance[]];
    expect(verifyBalances(entries, [{ ...first, hoursHundredths: 801 }, ...rest])).toMatchObject([
      { code: "balance_differs", field: "hours_hundredths", expected: "800", found: "801" },
    ]);
    expect(verifyBalances(entries, rest)).toMatchObject([{ field: null, expected: "800", found: null }]);
    expect(verifyBalances([], [{ ...first, hoursHundredths: 0 }])).toMatchObject([{ expected: null, found: "0" }]);
    expect(verifyBalances(entries, [...balances, first])).toMatchObject([{ expected: null, found: "800" }]);
  });
});

describe("record states", () => {
  it("that are what stands in the chain are sound", () => {
    expect(found(kept)).toEqual([]);
    expect(kept[0]?.achievementKey).toBe(kept[2]?.achievementKey);
    expect(new Set(kept.map(({ achievementKey }) => achievementKey)).size).toBe(3);
  });

  it.each([
    ["source", { source: "other" }],
    ["state", { state: "withdrawn" }],
    ["achievement_key", { achievementKey: null }],
    ["sequence", { sequence: 9 }],
  ] as const)("with another %s are found", (field, change) => {
    expect(found(kept.with(0, { ...(kept[0] as RecordStateRow), ...change }))).toEqual([
      `record_state_differs p/r1/ ${field}`,
    ]);
  });

  it("that are missing, or of nothing that stands, are found", () => {
    expect(empty.map(({ key, found }) => [key, found])).toEqual([
      ["p/r1/", null],
      ["p/r2/", null],
      ["p/r3/", null],
      ["p/r4/held-1", null],
    ]);
    expect(found(kept.with(3, { ...(kept[3] as RecordStateRow), slot: "held-2" }))).toEqual([
      "record_state_differs p/r4/held-2 null",
      "record_state_differs p/r4/held-1 null",
    ]);
  });

  it("have no achievement where an operator decided that the record counts besides", () => {
    const exempt = { ...context, countsBesides: (recordKey: string) => recordKey === "r3" };
    const rows = kept.with(2, keyless({ ...(kept[2] as RecordStateRow), state: "registered" }));
    const chain = entries.with(2, { ...(entries[2] as Entry), state: "registered" });
    expect(verifyRecordStates(standing(chain), rows, exempt)).toEqual([]);
    expect(verifyRecordStates(standing(chain), rows, context)).not.toEqual([]);
  });

  it("are held to what an operator decided of duplicates, and not where it was taken back", () => {
    const decision = {
      decisionId: "d1",
      decidedAtMs: 1,
      recordKeys: ["r1", "r3"],
      kind: "distinct_achievements",
    } as const;
    const apart = { ...context, duplicatesOf: () => [decision] };
    const rows = kept.with(2, { ...(kept[2] as RecordStateRow), state: "registered" });
    const chain = entries.with(2, { ...(entries[2] as Entry), state: "registered" });
    expect(verifyRecordStates(standing(chain), rows, apart)).toEqual([]);
    const codes = (findings: ReturnType<typeof verifyRecordStates>) =>
      findings.map(({ code, key }) => `${code} ${key}`);
    expect(codes(verifyRecordStates(standing(chain), rows, context))).toEqual(["duplicate_differs p/3"]);
    expect(codes(verifyRecordStates(standing(), kept, apart))).toEqual(["duplicate_differs p/3"]);
  });

  it("of a record that stands twice are found in the chain", () => {
    const again = { ...(entries[0] as Entry), sequence: 5 };
    expect(found(kept.with(0, { ...(kept[0] as RecordStateRow), sequence: 5 }), [...entries, again])).toEqual([
      "record_posted_twice p/5 record_key",
    ]);
  });

  it("are not as the same-achievement rule says where two of an achievement count, or the lesser one does", () => {
    const both = entries.with(2, { ...(entries[2] as Entry), state: "registered" });
    expect(found(kept.with(2, { ...(kept[2] as RecordStateRow), state: "registered" }), both)).toEqual([
      "duplicate_differs p/3 state",
    ]);
    const lesser = entries.with(2, { ...(entries[2] as Entry), hoursHundredths: 900 });
    expect(found(kept, lesser)).toEqual(["duplicate_differs p/1 state", "duplicate_differs p/3 state"]);
  });
});
