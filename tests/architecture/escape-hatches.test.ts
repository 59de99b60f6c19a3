import { expect, it } from "vitest";
import { checkEscapeHatches } from "./escape-hatches.ts";
import { plant, readRepository, report } from "./repository.ts";

it("finds no any, no switched-off checker, no test that does not run, and nothing left for later", () => {
  expect(report(checkEscapeHatches(readRepository()))).toEqual([]);
});

// The words are split where this file would otherwise be found itself.
it.each([
  ["export const parse = (text: string): any => text;", "any is not a type"],
  ["export const list: Array<any> = [];", "any is not a type"],
  [["it", 'skip("x", () => {});'].join("."), "it.skip changes which tests run"],
  [["describe", 'only("x", () => {});'].join("."), "describe.only changes which tests run"],
  [["test", 'todo("x");'].join("."), "test.todo changes which tests run"],
  [["it", 'skipIf(true)("x", () => {});'].join("."), "it.skipIf changes which tests run"],
  [["describe", 'runIf(isFast)("x", () => {});'].join("."), "describe.runIf changes which tests run"],
  [["it", "each", 'skip([1])("x", () => {});'].join("."), "it.skip changes which tests run"],
  [`${"x"}it("x", () => {});`, "xit changes which tests run"],
  [`// @ts${"-"}ignore\nexport {};`, `a comment says @ts${"-"}ignore`],
  [`export {}; // ${"TO"}DO later`, `a comment says ${"TO"}DO`],
  [`/**\n * ${"FIX"}ME\n */`, `a comment says ${"FIX"}ME`],
])("notices %s", (text, message) => {
  expect(checkEscapeHatches(plant({ "packages/domain/src/a.test.ts": text })).map((found) => found.message)).toEqual([
    message,
  ]);
});

it("lets a test ask for a server", () => {
  const text = ["describe", 'runIf(hasRedisServer)("x", () => {});'].join(".");
  expect(checkEscapeHatches(plant({ "packages/queue/src/a.test.ts": text }))).toEqual([]);
});

it("does not mistake a collection's own verbs for a test's", () => {
  const text =
    'export const rest = rows.skip(1); export const any = { only: 1 }; export const url = "https://todo.example";';
  expect(checkEscapeHatches(plant({ "packages/domain/src/a.ts": text }))).toEqual([]);
});
