import { describe, expect, it } from "vitest";
import { exampleVersion } from "../testing/examples.ts";
import { judgeVersion } from "./judge-version.ts";
import { isKnownName, isLikelySameName } from "./name-knowledge.ts";
import { decisionOfRow, isCorrected, type RowDecision, voidingDecision } from "./row-decision.ts";

const decision = (changes: Partial<RowDecision>): RowDecision => ({
  ...{ decisionId: "d", decidedAtMs: 1, kind: "accept", updateTimeMs: 1_000, contentDigest: "a", standingDigest: null },
  ...changes,
});

describe("voidingDecision", () => {
  const version = (contentDigest: string, updateTimeMs = 1_000) => ({ contentDigest, updateTimeMs });
  it("leaves a refused content out whenever it comes", () => {
    const refused = [decision({ kind: "refuse" })];
    expect(voidingDecision(version("a"), refused)).toBe(refused[0]);
    expect(voidingDecision(version("a", 5_000), refused)).toBe(refused[0]);
    expect(voidingDecision(version("b"), refused)).toBeNull();
  });
  it("goes by the newest decision of a content, in whatever order they are read", () => {
    const both = [decision({ kind: "refuse", decidedAtMs: 1 }), decision({ updateTimeMs: 2_000, decidedAtMs: 2 })];
    expect(voidingDecision(version("a"), both)).toBeNull();
    expect(voidingDecision(version("a"), both.toReversed())).toBeNull();
  });
  it("leaves everything beside a content that stands out, at its time alone", () => {
    const stands = [decision({ standingDigest: "a" })];
    expect(voidingDecision(version("a"), stands)).toBeNull();
    expect(voidingDecision(version("b"), stands)).toBe(stands[0]);
    expect(voidingDecision(version("b", 1_001), stands)).toBeNull();
    const later = decision({ contentDigest: "b", standingDigest: "b", decidedAtMs: 2 });
    expect(voidingDecision(version("a"), [...stands, later])).toBe(later);
  });
});

it("a row is corrected by a decision of just this row", () => {
  const corrected = [decision({ kind: "correct", updateTimeMs: null, standingDigest: "c" })];
  expect(isCorrected({ updateTimeMs: null, contentDigest: "a" }, corrected)).toBe(true);
  expect(isCorrected({ updateTimeMs: 1_000, contentDigest: "a" }, corrected)).toBe(false);
  expect(decisionOfRow({ updateTimeMs: null, contentDigest: "b" }, corrected)).toBeNull();
});

describe("names", () => {
  const known = { nameDigest: "n", variantDigest: "v", accepted: ["x"] };
  const row = (nameDigest: string, nameVariantDigest: string | null = null) => ({ nameDigest, nameVariantDigest });
  it.each([
    ["the known one", row("n", "v"), true, false],
    ["an accepted one", row("x"), true, false],
    ["another spelling", row("m", "v"), false, true],
    ["the folded spelling itself", row("v"), false, true],
    ["another name", row("z"), false, false],
  ])("%s", (_what, said, isKnown, isLikely) => {
    expect(isKnownName(said, known, "hold")).toBe(isKnown);
    expect(isLikelySameName(said, known)).toBe(isLikely);
    expect(isKnownName(said, known, "accept")).toBe(isKnown || isLikely);
    expect(isKnownName(said, undefined, "accept")).toBe(false);
  });
});

describe("judgeVersion", () => {
  const judge = (changes: object, decisions: readonly RowDecision[] = []) =>
    judgeVersion(exampleVersion({ contentDigest: "a", ...changes }), {
      knownNames: () => ({ nameDigest: "name-1", variantDigest: null, accepted: [] }),
      nameVariants: "hold",
      decisions,
    });
  const held = { flags: "more_hours_than_days_hold,held_as_implausible" };
  it.each<[string, string, object, readonly RowDecision[]]>([
    ["admitted", "plain", {}, []],
    ["admitted", "flagged", { flags: "more_hours_than_days_hold" }, []],
    ["implausible", "held by a rule", held, []],
    ["identity_conflict", "held for its name first", { ...held, nameDigest: "other" }, []],
    ["admitted", "held and accepted", held, [decision({ updateTimeMs: 7 })]],
    ["implausible", "held, of which another content was accepted", held, [decision({ contentDigest: "b" })]],
    ["voided", "left out", { voidedBy: "d" }, []],
    ["voided", "refused by an operator, though nobody wrote it down", {}, [decision({ kind: "refuse" })]],
  ])("%s: %s", (expected, _what, changes, decisions) => expect(judge(changes, decisions)).toBe(expected));
});
