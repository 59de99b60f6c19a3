import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "../index.ts";
import { openTestDatabase } from "../testing/index.ts";
import { activateNewText, activateRuleSet, readActivations } from "./activation-store.ts";

let owner: Sql;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ owner, close } = await openTestDatabase());
});
afterAll(() => close());

/** An activation of one rule set at a second, with a text whose digest is one byte again and again. */
const at = (ruleSetId: string, second: number, byte: string) => ({
  ruleSetId,
  activatedAtMs: Date.UTC(2026, 0, 1, 0, 0, second),
  digest: byte.repeat(32),
  fullText: `text ${byte}`,
  activatedBy: "test",
});

async function textsOf(ruleSetId: string): Promise<string[]> {
  const activations = await readActivations(owner);
  return activations.filter((each) => each.ruleSetId === ruleSetId).map(({ fullText }) => fullText);
}

test("an operator's activation adds a text unless it is the newest one, an earlier text again included", async () => {
  expect(await activateRuleSet(owner, at("by-hand", 1, "aa"))).toBe(true);
  expect(await activateRuleSet(owner, at("by-hand", 2, "aa"))).toBe(false);
  expect(await activateRuleSet(owner, at("by-hand", 3, "bb"))).toBe(true);
  expect(await activateRuleSet(owner, at("by-hand", 4, "aa"))).toBe(true);
  expect(await textsOf("by-hand")).toEqual(["text aa", "text bb", "text aa"]);
});

test("an activation of what is new adds a text once, whatever was activated after it", async () => {
  expect(await activateNewText(owner, at("by-itself", 1, "aa"))).toBe(true);
  expect(await activateRuleSet(owner, at("by-itself", 2, "bb"))).toBe(true);
  expect(await activateNewText(owner, at("by-itself", 3, "aa"))).toBe(false);
  expect(await activateNewText(owner, at("by-itself", 4, "cc"))).toBe(true);
  expect(await activateNewText(owner, at("beside-it", 5, "aa"))).toBe(true);
  expect(await textsOf("by-itself")).toEqual(["text aa", "text bb", "text cc"]);
});
