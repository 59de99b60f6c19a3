import { describe, expect, test } from "vitest";
import { compareJson } from "./compare-json.ts";

describe("compareJson", () => {
  test("finds nothing between equal values, whatever the order of their members", () => {
    expect(compareJson({ a: 1, b: [null, { c: "x" }] }, { b: [null, { c: "x" }], a: 1 })).toEqual([]);
  });

  test.each([
    ["a member", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "a.b", kept: 1, replayed: 2 }]],
    ["a member that is not there", { a: 1 }, {}, [{ path: "a", kept: 1, replayed: null }]],
    ["the whole", 1, "1", [{ path: "", kept: 1, replayed: "1" }]],
    ["an item without a name", { a: [1, 2] }, { a: [1, 3] }, [{ path: "a[1]", kept: 2, replayed: 3 }]],
    ["a list and an object", { a: [] }, { a: {} }, [{ path: "a", kept: [], replayed: {} }]],
  ])("names %s", (_name, kept, replayed, expected) => {
    expect(compareJson(kept, replayed)).toEqual(expected);
  });

  test("an item that is missing does not move the others", () => {
    const records = ["a", "b", "c"].map((recordId) => ({ recordId, source: "s", hours: 1 }));
    expect(compareJson({ counted: records }, { counted: records.slice(1) })).toEqual([
      { path: "counted[s/a]", kept: records[0], replayed: null },
    ]);
    const rules = [{ rule: { id: "total" }, have: 1 }];
    expect(compareJson(rules, [{ rule: { id: "total" }, have: 2 }], "requirements")).toEqual([
      { path: "requirements[total].have", kept: 1, replayed: 2 },
    ]);
  });

  test("the order of named items counts, and items of one name are compared by their places", () => {
    const [one, two] = [{ year: 2019 }, { year: 2020 }];
    expect(compareJson([one, two], [two, one], "years")).toEqual([
      { path: "years", kept: ["2019", "2020"], replayed: ["2020", "2019"] },
    ]);
    expect(compareJson([one, one], [one, two])).toEqual([{ path: "[1].year", kept: 2019, replayed: 2020 }]);
  });
});
