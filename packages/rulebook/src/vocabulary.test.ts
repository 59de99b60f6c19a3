import { expect, test } from "vitest";
import { loadRulebook } from "./load-rulebook.ts";
import { VOCABULARY } from "./vocabulary.ts";

test("the lists that programs carry are those of the file", () => {
  expect(VOCABULARY).toEqual(loadRulebook().vocabulary);
});
