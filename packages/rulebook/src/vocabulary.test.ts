import { SUBJECTS } from "@xueshi/domain";
import { expect, test } from "vitest";
import { loadRulebook } from "./load-rulebook.ts";
import { VOCABULARY } from "./vocabulary.ts";

test("carries the closed lists of rules/vocabulary.yaml", () => {
  expect(VOCABULARY).toEqual(loadRulebook().vocabulary);
});

test("names every subject that records may be in", () => {
  expect(VOCABULARY.subjects.map(({ code }) => code)).toEqual([...SUBJECTS]);
});
