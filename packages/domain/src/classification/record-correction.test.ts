import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { exampleVersion } from "../testing/examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { correctVersion, type FieldChange, type RecordCorrection } from "./record-correction.ts";

const correction = (changes: Partial<RecordCorrection>): RecordCorrection => ({
  ...{ correctionId: "c1", decidedAtMs: 1, revokes: null, changes: [], note: "why" },
  ...changes,
});
const hours = (was: number, becomes: number): FieldChange => ({ field: "hoursHundredths", was, becomes });

describe("a value put right", () => {
  it("takes the place of what the source said", () => {
    const corrected = correctVersion(exampleVersion(), [correction({ changes: [hours(800, 600)] })]);
    expect(corrected).toMatchObject({ corrected: ["hoursHundredths"], revokedFor: null, note: "why" });
    expect(corrected.version).toEqual(exampleVersion({ hoursHundredths: 600 }));
  });

  it("gives way once the source itself says another", () => {
    const version = exampleVersion({ hoursHundredths: 400 });
    expect(correctVersion(version, [correction({ changes: [hours(800, 600)] })])).toEqual({
      ...{ version, corrected: [], revokedFor: null, note: null },
    });
  });

  it("is that of the newer of two corrections that found the same", () => {
    const older = correction({ changes: [hours(800, 600)], decidedAtMs: 1 });
    const newer = correction({ correctionId: "c2", changes: [hours(800, 700)], decidedAtMs: 2, note: "newer" });
    for (const both of [
      [older, newer],
      [newer, older],
    ]) {
      const { version, note } = correctVersion(exampleVersion(), both);
      expect([version.hoursHundredths, note]).toEqual([700, "newer"]);
    }
    expect(correctVersion(exampleVersion(), [older]).version.hoursHundredths).toBe(600);
  });

  it("is named only where it says something else", () => {
    expect(correctVersion(exampleVersion(), [correction({ changes: [hours(800, 800)] })]).corrected).toEqual([]);
  });

  it.each([
    ["follows from the right date", "obtained_on", {}, 2021],
    ["stays where the platform says it", "platform", {}, 2020],
    ["is what was put right itself", "obtained_on", { attributedYear: 2019 }, 2019],
  ] as const)("of the date: the year %s", (_what, yearBasis, also, expected) => {
    const date = { field: "obtainedOn", was: "2020-03-01", becomes: "2021-01-05" } as const;
    const year = Object.values(also).map((becomes) => ({ field: "attributedYear", was: 2020, becomes }) as const);
    const { version } = correctVersion(exampleVersion({ yearBasis }), [correction({ changes: [date, ...year] })]);
    expect([version.obtainedOn, version.attributedYear]).toEqual(["2021-01-05" as LocalDate, expected]);
  });
});

describe("a revocation", () => {
  it("holds whatever the source says", () => {
    const revoked = [correction({ revokes: "revoked_for_fraud" })];
    for (const status of ["final", "pending", "withdrawn"] as const) {
      expect(correctVersion(exampleVersion({ status }), revoked).revokedFor).toBe("revoked_for_fraud");
    }
  });

  it("of several is the gravest, whichever came first", () => {
    const list = (["withdrawn_by_operator", "revoked_for_fraud", "administrative_error"] as const).map((revokes, at) =>
      correction({ revokes, decidedAtMs: at, correctionId: `c${at}`, note: revokes }),
    );
    expect(correctVersion(exampleVersion(), list)).toMatchObject({
      ...{ revokedFor: "revoked_for_fraud", note: "revoked_for_fraud" },
    });
  });
});

test("what is put right does not depend on the order in which corrections are listed", () => {
  const changes = fc.array(fc.tuple(fc.constantFrom(400, 800), fc.integer({ min: 1, max: 5 })), { maxLength: 2 });
  const corrections = fc.uniqueArray(
    fc.record({ at: fc.integer({ min: 0, max: 3 }), id: fc.nat(9), changes, revoked: fc.boolean() }),
    { selector: ({ id }) => id, maxLength: 5 },
  );
  fc.assert(
    fc.property(corrections, fc.func(fc.integer()), (list, rank) => {
      const all = list.map(({ at, id, changes: said, revoked }) =>
        correction({
          ...{ correctionId: `c${id}`, decidedAtMs: at, note: `n${id}` },
          revokes: revoked ? "administrative_error" : null,
          changes: said.map(([was, becomes]) => hours(was, becomes)),
        }),
      );
      const turned = all.toSorted((left, right) => rank(left.correctionId) - rank(right.correctionId));
      expect(correctVersion(exampleVersion(), turned)).toEqual(correctVersion(exampleVersion(), all));
    }),
  );
});
