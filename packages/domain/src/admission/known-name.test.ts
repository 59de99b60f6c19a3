import fc from "fast-check";
import { expect, test } from "vitest";
import { compareNameClaims, type NameClaim } from "./known-name.ts";

const claim = (updateTimeMs: number, source: string, recordId: string, name: string): NameClaim => ({
  ...{ updateTimeMs, source, recordId, name },
});

test("time decides first, then platform, id and name as strings", () => {
  const ordered = [
    claim(1, "zj-industry", "9", "王"),
    claim(2, "quzhou-city", "10", "王"),
    claim(2, "quzhou-city", "9", "一"),
    claim(2, "quzhou-city", "9", "王"),
    claim(2, "quzhou-city", "9", "𠮷"),
    claim(2, "zj-industry", "1", "一"),
    claim(10, "a", "1", "一"),
  ];
  expect(ordered.toReversed().toSorted(compareNameClaims)).toEqual(ordered);
  expect(compareNameClaims(claim(1, "a", "b", "c"), claim(1, "a", "b", "c"))).toBe(0);
});

test("of any claims one comes before all others", () => {
  const text = fc.constantFrom("a", "b", "王", "𠮷", "");
  const claims = fc.record({ updateTimeMs: fc.nat(2), source: text, recordId: text, name: text });
  fc.assert(
    fc.property(fc.array(claims, { minLength: 1, maxLength: 9 }), (list) => {
      const [first] = list.toSorted(compareNameClaims);
      const [again] = list.toReversed().toSorted(compareNameClaims);
      expect(again).toEqual(first);
      for (const other of list) if (first !== undefined) expect(compareNameClaims(first, other)).toBeLessThanOrEqual(0);
    }),
  );
});
