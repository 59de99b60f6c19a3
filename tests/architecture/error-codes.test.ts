import { PROBLEM_CODES } from "@xueshi/contracts";
import { expect, it } from "vitest";
import { checkErrorCodes, checkUnusedCodes } from "./error-codes.ts";
import { plant, readRepository, report } from "./repository.ts";

it("explains every code of the packages' own errors where it is declared", () => {
  expect(report(checkErrorCodes(readRepository()))).toEqual([]);
});

it("answers with every problem of the catalogue somewhere", () => {
  expect(checkUnusedCodes(readRepository(), PROBLEM_CODES)).toEqual([]);
});

it("notices a code without a word of explanation", () => {
  const text = `export type AnErrorCode =
  /** Said. */
  | "explained"
  | "bare";
export type Other = "a" | "b";`;
  expect(report(checkErrorCodes(plant({ "packages/queue/src/an-error.ts": text })))).toEqual([
    'packages/queue/src/an-error.ts:4 "bare" is not explained',
  ]);
});

it("notices a code that only the catalogue and tests know", () => {
  const planted = plant({
    "packages/contracts/src/catalogue/problems.ts":
      'export const PROBLEMS = { lost: 1, used: 2 }; const x = ["lost", "used"];',
    "packages/http/src/a.ts": 'throw new HttpProblem("used");',
    "packages/http/src/a.test.ts": 'expect(code).toBe("lost");',
  });
  expect(checkUnusedCodes(planted, ["lost", "used"])).toEqual(["lost"]);
});
