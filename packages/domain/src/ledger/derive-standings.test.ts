import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { KnownNames } from "../admission/name-knowledge.ts";
import type { RecordVersion, RefusedRow } from "../admission/record-version.ts";
import type { RecordCorrection } from "../classification/record-correction.ts";
import { exampleRefusal, exampleVersion } from "../testing/examples.ts";
import { deriveStandings, type RecordHistory, type StandingContext } from "./derive-standings.ts";

const knownAs = (nameDigest: string): KnownNames => ({ nameDigest, variantDigest: null, accepted: [] });
const names = new Map([
  ["person-1", knownAs("name-1")],
  ["person-2", knownAs("name-2")],
]);
const context: StandingContext = {
  knownNames: (practitionerId) => names.get(practitionerId),
  nameVariants: "hold",
  ownerOf: (practitionerId) => practitionerId,
  classify: ({ subjectCode }) => ({
    subject: subjectCode === "101" ? "professional" : null,
    trace: `code:${subjectCode}`,
    achievementKey: subjectCode === "101" ? "achievement-1" : null,
  }),
  platformOf: ({ source }) => (source === "demo-training" ? "quzhou-city" : source),
};
const digest = (letter: string) => letter.repeat(64);
const slot = (state: "held" | "refused", letter: string) => `${state}-${letter.repeat(32)}`;
const derive = (versions: readonly RecordVersion[], refusedRows: readonly RefusedRow[] = []) =>
  deriveStandings({ versions, refusedRows, decisions: [], corrections: [] }, context);
const stray = (changes: Partial<RecordVersion> = {}) =>
  exampleVersion({ nameDigest: "other-name", contentDigest: digest("b"), ...changes });

describe("the main standing", () => {
  it.each<[string, Partial<RecordVersion>, object]>([
    ["final with a subject", {}, { state: "registered", code: null, achievementKey: "achievement-1" }],
    [
      "final without one",
      { subjectCode: "999" },
      { state: "unclassified", code: "unclassified", achievementKey: null },
    ],
    ["a draft", { status: "pending" }, { state: "not_registered", code: "not_registered", achievementKey: null }],
    ["a draft without subject", { status: "pending", subjectCode: "999" }, { state: "not_registered" }],
    ["withdrawn", { status: "withdrawn" }, { state: "withdrawn", code: "withdrawn", achievementKey: null }],
    ["withdrawn without subject", { status: "withdrawn", subjectCode: "999" }, { state: "withdrawn" }],
  ])("of a record that is %s", (_what, changes, expected) => {
    expect(derive([exampleVersion(changes)])).toMatchObject([{ slot: "", trace: expect.any(String), ...expected }]);
  });

  it("is that of the version that stands, under the person whom it names", () => {
    const moved = exampleVersion({ updateTimeMs: 2_000, practitionerId: "person-2", nameDigest: "name-2" });
    expect(derive([moved, exampleVersion()])).toMatchObject([{ practitionerId: "person-2", slot: "" }]);
  });

  it("counts for the platform of record that the source registers for", () => {
    expect(derive([exampleVersion({ source: "demo-training" })])).toMatchObject([{ platform: "quzhou-city" }]);
  });
});

describe("a correction", () => {
  const why = { correctionId: "c1", decidedAtMs: 5, note: "why (letter 1)" };
  const corrected = (versions: readonly RecordVersion[], changes: Partial<RecordCorrection>) =>
    deriveStandings(
      {
        ...{ versions, refusedRows: [], decisions: [] },
        corrections: [{ ...why, revokes: null, changes: [], ...changes }],
      },
      context,
    );

  it("takes a record back, whatever its source sends later, and leaves its group", () => {
    const later = exampleVersion({ updateTimeMs: 9_000, contentDigest: digest("c"), hoursHundredths: 900 });
    for (const versions of [[exampleVersion()], [exampleVersion(), later], [later]]) {
      const said = { state: "withdrawn", code: "revoked_for_fraud", achievementKey: null, note: "why (letter 1)" };
      expect(corrected(versions, { revokes: "revoked_for_fraud" })).toMatchObject([said]);
    }
    const gone = [exampleVersion({ status: "withdrawn" })];
    expect(corrected(gone, { revokes: "administrative_error" })).toMatchObject([{ code: "administrative_error" }]);
  });

  it("puts a value right and says so in the trace; the version that stands is chosen by what came", () => {
    const changes = [{ field: "hoursHundredths", was: 800, becomes: 100 }] as const;
    const fewest = exampleVersion({ contentDigest: digest("c"), hoursHundredths: 400 });
    const said = { hoursHundredths: 100, trace: "code:101;corrected=hoursHundredths", state: "registered" };
    expect(corrected([exampleVersion()], { changes })).toMatchObject([said]);
    expect(corrected([exampleVersion(), fewest], { changes })).toMatchObject([
      { hoursHundredths: 400, trace: "code:101" },
    ]);
  });

  it("leaves held and refused rows as they are", () => {
    expect(corrected([stray()], { revokes: "revoked_for_fraud" })).toMatchObject([{ state: "held" }]);
  });
});

describe("held and refused rows", () => {
  it("stand beside the record and replace nothing", () => {
    const later = stray({ updateTimeMs: 2_000 });
    const refused = exampleRefusal({ updateTimeMs: 3_000 });
    expect(derive([exampleVersion(), later], [refused])).toMatchObject([
      { slot: "", state: "registered" },
      { slot: slot("held", "b"), state: "held", code: "identity_conflict", hoursHundredths: 800, achievementKey: null },
      { slot: slot("refused", "f"), state: "refused", code: "hours_invalid", hoursHundredths: null, subject: null },
    ]);
  });

  it("make no record of their own: held only is held, refused without a person is nothing", () => {
    expect(derive([stray()])).toMatchObject([{ slot: slot("held", "b"), state: "held" }]);
    expect(derive([], [exampleRefusal({ practitionerId: null })])).toEqual([]);
    expect(derive([exampleVersion({ practitionerId: "nobody-known" })])).toMatchObject([{ state: "held" }]);
  });

  it("stand once for each content, with the latest time at which it was sent", () => {
    const contents = derive(
      [stray({ updateTimeMs: 5 }), stray({ updateTimeMs: 9 }), stray({ updateTimeMs: 7 })],
      [exampleRefusal({ updateTimeMs: 3 }), exampleRefusal({ updateTimeMs: 1 })],
    );
    expect(contents).toMatchObject([
      { slot: slot("held", "b"), updateTimeMs: 9 },
      { slot: slot("refused", "f"), updateTimeMs: 3 },
    ]);
  });

  it("stand once for a content that was read a second time, otherwise than before", () => {
    const readAnew = digest("b").slice(0, 32) + digest("c").slice(32);
    const contents = derive([stray({ updateTimeMs: 5 }), stray({ updateTimeMs: 9, contentDigest: readAnew })]);
    expect(contents).toMatchObject([{ slot: slot("held", "b"), updateTimeMs: 9 }]);
    expect(contents).toHaveLength(1);
  });

  it.each<[string, number | null, string]>([
    ["before the standing version", 999, "settled_later"],
    ["at the same time", 1_000, ""],
    ["after it", 1_001, ""],
    ["at a time that cannot be read", null, ""],
  ])("refused %s", (_when, updateTimeMs, flags) => {
    const standings = derive([exampleVersion()], [exampleRefusal({ updateTimeMs })]);
    expect(standings.map((standing) => standing.flags)).toEqual(["", flags]);
  });

  it("stand apart where one content was refused for its time and held for its name", () => {
    const refused = exampleRefusal({ contentDigest: digest("b"), updateTimeMs: null, code: "update_time_invalid" });
    expect(derive([stray()], [refused]).map((standing) => standing.slot)).toEqual([
      slot("held", "b"),
      slot("refused", "b"),
    ]);
  });

  it("are settled by a time that was only noted, and keep their other flags", () => {
    const held = stray({ updateTimeMs: 2_000, flags: "updated_before_obtained" });
    const noted = exampleVersion({ updateTimeMs: 3_000 });
    expect(derive([exampleVersion(), held])[1]?.flags).toBe("updated_before_obtained");
    expect(derive([exampleVersion(), held, noted])[1]?.flags).toBe("updated_before_obtained,settled_later");
  });

  it("are not settled by a row that is held itself", () => {
    const later = stray({ contentDigest: digest("c"), updateTimeMs: 2_000 });
    expect(derive([stray(), later]).map((standing) => standing.flags)).toEqual(["", ""]);
  });
});

const versions = fc
  .record({
    updateTimeMs: fc.integer({ min: 1, max: 4 }),
    hours: fc.constantFrom(null, 100, 800),
    who: fc.constantFrom("1", "1", "2", "wrong"),
    status: fc.constantFrom("final", "pending", "withdrawn"),
  })
  .map(({ updateTimeMs, hours, who, status }) =>
    exampleVersion({
      ...{ updateTimeMs, status, hoursHundredths: status === "withdrawn" ? hours : (hours ?? 1) },
      ...{ practitionerId: `person-${who === "wrong" ? "1" : who}`, nameDigest: `name-${who}` },
      contentDigest: `${hours}-${who}-${status}`.padEnd(64, "0"),
    }),
  );
const refusals = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("x", "y"))
  .map(([updateTimeMs, letter]) => exampleRefusal({ updateTimeMs, contentDigest: digest(letter) }));

test("the standings do not depend on the order or the repetition of what came", () => {
  const histories = fc.record({
    versions: fc.array(versions, { maxLength: 7 }),
    refusedRows: fc.array(refusals, { maxLength: 4 }),
  });
  const bySlot = (history: RecordHistory) =>
    deriveStandings(history, context).toSorted((left, right) => (left.slot < right.slot ? -1 : 1));
  fc.assert(
    fc.property(histories, fc.nat(6), ({ versions: list, refusedRows }, turn) => {
      const turned = {
        decisions: [],
        corrections: [],
        versions: [...list.slice(turn), ...list],
        refusedRows: [...refusedRows, ...refusedRows].reverse(),
      };
      expect(bySlot(turned)).toEqual(bySlot({ versions: list, refusedRows, decisions: [], corrections: [] }));
    }),
    { numRuns: 500 },
  );
});
