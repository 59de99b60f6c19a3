import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { maskResidentId, normaliseResidentId, parseResidentId, residentIdCheckCharacter } from "./resident-id.ts";

/** ISO 7064, 5.1, the recursive method for a pure system with radix 2 and modulus 11: no table of weights. */
function checkByRecursion(first17: string): string {
  let product = 0;
  for (const digit of first17) product = ((product + Number(digit)) * 2) % 11;
  const value = (12 - product) % 11;
  return value === 10 ? "X" : String(value);
}

const digits17 = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 17, maxLength: 17 });
const birthdays = fc
  .date({ min: new Date("1900-01-01T00:00:00Z"), max: new Date("2020-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll("-", ""));
const ids = fc
  .tuple(birthdays, fc.integer({ min: 0, max: 999 }))
  .map(([birthday, sequence]) => `330899${birthday}${String(sequence).padStart(3, "0")}`)
  .map((first17) => first17 + checkByRecursion(first17));

describe("the check character", () => {
  // The examples of GB 11643-1999, appendix A.
  it.each(["11010519491231002X", "440524188001010014"])("is right for %s", (id) => {
    expect(residentIdCheckCharacter(id.slice(0, 17))).toBe(id[17]);
    expect(parseResidentId(id)).toBe(id);
  });

  test("agrees with the recursive method of ISO 7064", () => {
    fc.assert(
      fc.property(digits17, (first17) => {
        expect(residentIdCheckCharacter(first17)).toBe(checkByRecursion(first17));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is one and only one for every number", () => {
    fc.assert(
      fc.property(ids, (id) => {
        const accepted = [..."0123456789X"].filter(
          (character) => parseResidentId(id.slice(0, 17) + character) !== null,
        );
        expect(accepted).toEqual([id[17]]);
      }),
    );
  });

  test("finds every wrong digit and every two that changed places", () => {
    fc.assert(
      fc.property(ids, fc.nat(16), fc.integer({ min: 1, max: 9 }), (id, place, shift) => {
        const digits = [...id];
        digits[place] = String((Number(digits[place]) + shift) % 10);
        expect(parseResidentId(digits.join(""))).toBeNull();
        const swapped = id.slice(0, place) + id[place + 1] + id[place] + id.slice(place + 2);
        if (swapped !== id) expect(parseResidentId(swapped)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("parseResidentId", () => {
  test("takes every valid id however it is spelled", () => {
    fc.assert(
      fc.property(ids, (id) => {
        const wide = id.replace(/[0-9X]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
        for (const spelled of [id, id.toLowerCase(), ` ${id}　`, wide, wide.toLowerCase()]) {
          expect(parseResidentId(spelled)).toBe(id);
        }
      }),
    );
  });

  test("raises 15 digits of the last century to the 18 of the same person", () => {
    const lastCentury = ids.filter((id) => id.slice(6, 8) === "19");
    fc.assert(
      fc.property(lastCentury, (id) => {
        const old = id.slice(0, 6) + id.slice(8, 17);
        expect(parseResidentId(old)).toBe(id);
        expect(normaliseResidentId(` ${old} `)).toBe(id);
      }),
    );
  });

  const withCheck = (first17: string) => first17 + checkByRecursion(first17);
  it.each([
    ["a day that is not there", withCheck("33089920190229001")],
    ["the 31st of April", withCheck("33089919850431001")],
    ["month 13", withCheck("33089919911301001")],
    ["month 0", withCheck("33089919900001001")],
    ["day 0", withCheck("33089919900100001")],
    ["29 February 1900, no leap year", withCheck("33089919000229001")],
    ["the year 0", withCheck("33089900000101001")],
    ["15 digits with an impossible day", "330899850431001"],
    ["14 digits", "33089985043000"],
    ["16 digits", "3308998504300012"],
    ["17 digits", "33089919850430001"],
    ["19 digits", `${withCheck("33089919850430001")}0`],
    ["X in the middle", "3308991985043X0011"],
    ["15 characters of which one is X", "33089985043000X"],
    ["a space inside", "330899 198504300017"],
    ["nothing", ""],
    ["text", "身份证"],
  ])("refuses %s", (_what, id) => {
    expect(parseResidentId(id)).toBeNull();
  });

  it("takes 29 February of a leap year that is a whole century", () => {
    expect(parseResidentId(withCheck("33089920000229001"))).not.toBeNull();
  });
});

test("a mask keeps what people recognise and no more", () => {
  expect(maskResidentId("330899198003071234")).toBe("330899********1234");
  expect(maskResidentId("33089980030700")).toBe("330899****0700");
  expect(maskResidentId("12345")).toBe("*****");
});
