import { describe, expect, test } from "vitest";
import { receiptOutcome, standingVersion, type VersionOrder } from "./fold-versions.ts";

const version = (updateTimeMs: number, hours: number | null, contentDigest = `content-${hours}`): VersionOrder => ({
  updateTimeMs,
  hoursHundredths: hours,
  contentDigest,
});

describe("standingVersion (platforms.md, rule 1)", () => {
  const versions = [version(1, 900), version(3, 800), version(3, 700), version(2, 100), version(3, 700, "content-0")];

  test("is the latest; at the same time the fewest hours, then the smaller digest, in whatever order they came", () => {
    for (let shift = 0; shift < versions.length; shift += 1) {
      const turned = [...versions.slice(shift), ...versions.slice(0, shift)];
      expect(standingVersion(turned)).toEqual(version(3, 700, "content-0"));
      expect(standingVersion(turned.toReversed())).toEqual(version(3, 700, "content-0"));
    }
  });

  test("of none is none", () => expect(standingVersion([])).toBeNull());
});

describe("receiptOutcome (platforms.md, rule 1)", () => {
  const a1 = version(1, 100, "a");
  test.each([
    ["the first", [], a1, "accepted"],
    ["the same again", [a1], a1, "unchanged"],
    ["the same content later, which is noted", [a1], version(2, 100, "a"), "unchanged"],
    ["other content later", [a1], version(2, 100, "b"), "superseded"],
    ["other content at the same time", [a1], version(1, 200, "b"), "conflict"],
    ["the loser of a conflict again", [a1, version(1, 200, "b")], version(1, 200, "b"), "unchanged"],
    ["other content earlier", [version(5, 100, "a")], version(2, 100, "b"), "history"],
    ["other content between a content and its later note", [a1, version(9, 100, "a")], version(5, 100, "b"), "history"],
    ["content of before, at the time of the current", [a1, version(2, 200, "b")], version(2, 100, "a"), "conflict"],
  ])("%s is %j", (_name, earlier, next, outcome) => expect(receiptOutcome(earlier, next)).toBe(outcome));
});
