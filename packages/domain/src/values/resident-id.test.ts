import { describe, expect, test } from "vitest";
import { maskResidentId, normaliseResidentId, parseResidentId } from "./resident-id.ts";

/** ISO 7064 MOD 11-2 as the standard states it: the sum of digit × 2^(place) over all 18 places is 1 modulo 11. */
function holdsCheck(id: string): boolean {
  const total = [...id].reduce((sum, character, index) => {
    const value = character === "X" ? 10n : BigInt(character);
    return sum + value * 2n ** BigInt(17 - index);
  }, 0n);
  return total % 11n === 1n;
}

describe("parseResidentId", () => {
  test("accepts exactly one check character for every number", () => {
    for (let serial = 0; serial < 1_000; serial += 1) {
      const first17 = `33089919800101${String(serial).padStart(3, "0")}`;
      const accepted = [..."0123456789X"].filter((character) => parseResidentId(first17 + character) !== null);
      expect(accepted).toHaveLength(1);
      expect(holdsCheck(first17 + accepted[0])).toBe(true);
    }
  });

  test("reads lower case, full width, spaces and the 15-digit form as the same id", () => {
    const id = parseResidentId("330899800101003");
    expect(id).toMatch(/^33089919800101003[\dX]$/);
    const full = String(id);
    expect(parseResidentId(` ${full.toLowerCase()} `)).toBe(id);
    const wide = full.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    expect(parseResidentId(wide)).toBe(id);
  });

  test.each([
    "",
    "33089919800230003X",
    "3308991980010100",
    "33089919801301003X",
    "A30899198001010031",
    "33089919000229003X",
  ])("refuses %j", (text) => expect(parseResidentId(text)).toBeNull());

  test("refuses an impossible birth date though the check character is right", () => {
    const wrong = normaliseResidentId("330899810229003");
    expect(holdsCheck(wrong)).toBe(true);
    expect(parseResidentId(wrong)).toBeNull();
  });
});

test("a masked id shows the area and the last four characters only", () => {
  expect(maskResidentId("33089919800101003X")).toBe("330899********003X");
  expect(maskResidentId("short")).toBe("*****");
});
