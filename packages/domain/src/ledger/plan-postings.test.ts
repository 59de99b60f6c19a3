import { describe, expect, it } from "vitest";
import { examplePosted, exampleStanding } from "../testing/examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { EntryBody } from "./entry.ts";
import { type PlanInput, planPostings } from "./plan-postings.ts";
import type { Standing } from "./standing.ts";

const plan = (input: Partial<PlanInput>) =>
  planPostings({
    ...{ derived: [], posted: [], rivals: [], actor: "ledger-service", reason: null, note: null },
    ...input,
  });
const bodies = (input: Partial<PlanInput>): EntryBody[] =>
  [...plan(input).entries.values()].flat().map(({ body }) => body);
const short = ({ kind, state, hoursHundredths, reason, reverses }: EntryBody) =>
  [kind, state, hoursHundredths, reason, reverses] as const;
const planned = (input: Partial<PlanInput>) => bodies(input).map(short);

describe("a record that stands as it did", () => {
  it("makes no entry", () => {
    expect(plan({ derived: [exampleStanding()], posted: [examplePosted()] }).entries.size).toBe(0);
  });

  it("makes none either when only its update time was touched", () => {
    const touched = exampleStanding({ updateTimeMs: 9_000 });
    expect(planned({ derived: [touched], posted: [examplePosted()] })).toEqual([]);
  });

  it.each<[keyof Standing, Partial<Standing>]>([
    ["state", { state: "unclassified", achievementKey: null }],
    ["code", { state: "held", code: "other", achievementKey: null }],
    ["hoursHundredths", { hoursHundredths: 801 }],
    ["subject", { subject: "general_common" }],
    ["title", { title: "read by another mapping" }],
    ["attributedYear", { attributedYear: 2019 }],
    ["obtainedOn", { obtainedOn: "2020-03-02" as LocalDate }],
    ["platform", { platform: "zj-industry" }],
    ["pathway", { pathway: "online" }],
    ["trace", { trace: "operator" }],
    ["flags", { flags: "updated_before_obtained" }],
    ["sourceDigest", { sourceDigest: "b".repeat(64) }],
    ["achievementKey", { achievementKey: "achievement-2" }],
  ])("does make one when its %s changes", (_field, changes) => {
    expect(bodies({ derived: [exampleStanding(changes)], posted: [examplePosted()] }).map(({ kind }) => kind)).toEqual([
      "reversal",
      "posting",
    ]);
  });
});

describe("a record that changes", () => {
  it("is new: one posting, with all that the standing says", () => {
    const [body, ...others] = bodies({ derived: [exampleStanding({ note: "its own" })], note: "of the posting" });
    expect(others).toEqual([]);
    const { practitionerId: _p, achievementKey: _a, ...said } = exampleStanding({ note: "its own" });
    expect(body).toEqual({
      ...{ ...said, kind: "posting", reverses: null, recognition: "as-registered", nameDigest: null },
      ...{ reason: "posted", actor: "ledger-service" },
    });
  });

  it("is superseded: the old posting is reversed with its hours negated, and a new one follows", () => {
    const next = exampleStanding({ hoursHundredths: 500, sourceDigest: "b".repeat(64), updateTimeMs: 2_000 });
    expect(planned({ derived: [next], posted: [examplePosted({ sequence: 7 })] })).toEqual([
      ["reversal", "registered", -800, "superseded", 7],
      ["posting", "registered", 500, "superseded", null],
    ]);
    const [reversal] = bodies({ derived: [next], posted: [examplePosted({ sequence: 7 })] });
    expect(reversal).toMatchObject({ sourceDigest: "a".repeat(64), updateTimeMs: 1_000, title: "土地整治（1）" });
  });

  it.each<[string, Partial<Standing>]>([
    ["flags_changed", { flags: "settled_later" }],
    ["reclassified", { subject: "general_common", trace: "101=3=general_common" }],
    ["reclassified", { state: "unclassified", subject: null, flags: "settled_later" }],
    ["superseded", { flags: "settled_later", sourceDigest: "b".repeat(64) }],
  ])("says that it is %s by %o", (reason, changes) => {
    const reasons = planned({ derived: [exampleStanding(changes)], posted: [examplePosted()] }).map((one) => one[3]);
    expect(reasons).toEqual([reason, reason]);
  });

  it("is withdrawn: reversed, and shown as withdrawn with the source's own words", () => {
    const gone = { state: "withdrawn", code: "withdrawn", achievementKey: null, note: "名单有误" } as const;
    const input = { derived: [exampleStanding({ ...gone, sourceDigest: "b".repeat(64) })], posted: [examplePosted()] };
    expect(planned(input)).toEqual([
      ["reversal", "registered", -800, "withdrawn", 1],
      ["posting", "withdrawn", 800, "withdrawn", null],
    ]);
    expect(bodies(input).map(({ note }) => note)).toEqual([null, "名单有误"]);
  });

  it("has no hours to negate where they were unreadable", () => {
    const refused = { slot: "f".repeat(32), state: "refused", hoursHundredths: null, achievementKey: null } as const;
    const [reversal] = bodies({ posted: [examplePosted(refused)] });
    expect(reversal).toMatchObject({ hoursHundredths: null, recognition: null, reason: "identity_changed" });
    expect(Object.is(bodies({ posted: [examplePosted({ hoursHundredths: 0 })] })[0]?.hoursHundredths, 0)).toBe(true);
  });

  it("moves to another person: reversed there, posted here, each in its own chain", () => {
    const { entries } = plan({ derived: [exampleStanding({ practitionerId: "person-2" })], posted: [examplePosted()] });
    const chains = [...entries].map(([person, list]) => [person, list.map(({ body }) => body.kind)]);
    expect(chains).toEqual([
      ["person-1", ["reversal"]],
      ["person-2", ["posting"]],
    ]);
  });

  it("was decided: the operator, the reason and the note are in every entry", () => {
    const decided = { actor: "operator-li", reason: "decided", note: "看过材料 (衢继教〔2020〕3号)" };
    const next = exampleStanding({ subject: "general_common", trace: "operator=general_common" });
    for (const body of bodies({ derived: [next], posted: [examplePosted()], ...decided }))
      expect(body).toMatchObject(decided);
  });
});

describe("records of one achievement", () => {
  const other = { recordKey: "record-2", recordId: "QZ2" };

  it("a better one makes the one that counted a duplicate, though nobody touched it", () => {
    const better = exampleStanding({ ...other, hoursHundredths: 900 });
    expect(planned({ derived: [better], rivals: [examplePosted({ sequence: 3 })] })).toEqual([
      ["reversal", "registered", -800, "duplicate_changed", 3],
      ["posting", "registered", 900, "posted", null],
      ["posting", "duplicate", 800, "duplicate_changed", null],
    ]);
  });

  it("a lesser one is a duplicate from the start, and the one that counts has no entry", () => {
    const lesser = exampleStanding({ ...other, hoursHundredths: 100 });
    expect(planned({ derived: [lesser], rivals: [examplePosted()] })).toEqual([
      ["posting", "duplicate", 100, "posted", null],
    ]);
  });

  it("the next one counts when the one that counted is reversed", () => {
    const duplicate = examplePosted({
      ...other,
      sequence: 2,
      state: "duplicate",
      code: "duplicate",
      hoursHundredths: 100,
    });
    const gone = exampleStanding({ state: "withdrawn", code: "withdrawn", achievementKey: null });
    expect(planned({ derived: [gone], posted: [examplePosted()], rivals: [duplicate] })).toEqual([
      ["reversal", "registered", -800, "withdrawn", 1],
      ["reversal", "duplicate", -100, "duplicate_changed", 2],
      ["posting", "withdrawn", 800, "withdrawn", null],
      ["posting", "registered", 100, "duplicate_changed", null],
    ]);
  });

  it("are those that an operator says are one, also where the rule compares neither", () => {
    const dateless = { obtainedOn: null, achievementKey: null };
    const recordKeys = ["record-1", "record-2"];
    const said = { decisionId: "d1", decidedAtMs: 1, kind: "same_achievement" as const, recordKeys };
    const derived = [exampleStanding(dateless)];
    const rivals = [examplePosted({ ...other, ...dateless, hoursHundredths: 900 })];
    expect(planned({ derived, posted: [examplePosted(dateless)], rivals, duplicates: [said] })).toEqual([
      ["reversal", "registered", -800, "duplicate_changed", 1],
      ["posting", "duplicate", 800, "duplicate_changed", null],
    ]);
    const undone = { ...dateless, state: "duplicate", code: "duplicate" } as const;
    expect(planned({ derived, posted: [examplePosted(undone)], rivals })).toEqual([
      ["reversal", "duplicate", -800, "duplicate_changed", 1],
      ["posting", "registered", 800, "duplicate_changed", null],
    ]);
  });

  it("are those of one person only", () => {
    const twin = exampleStanding({ ...other, practitionerId: "person-2", hoursHundredths: 900 });
    expect(planned({ derived: [twin], rivals: [examplePosted()] })).toEqual([
      ["posting", "registered", 900, "posted", null],
    ]);
  });
});
