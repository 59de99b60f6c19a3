import { expect, it, test } from "vitest";
import { PLANTED_BUGS, plantIn } from "../planted-bugs/planted-bugs.ts";
import { readRepository } from "./repository.ts";

const texts = new Map(readRepository().map(({ path, text }) => [path, text]));

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  "can still be planted, and the test that catches it is there: %s",
  (_name, bug) => {
    for (const { path } of bug.edits) {
      const text = texts.get(path) ?? "";
      expect(plantIn(path, text, bug)).not.toBe(text);
    }
    const { path, title } = bug.caughtBy;
    expect(texts.has(path), path).toBe(true);
    // Titles of scenarios are made of the names of their files.
    if (!path.startsWith("tests/scenarios/")) expect(texts.get(path)).toContain(title);
  },
);

it("would notice a text that is gone, or stands twice", () => {
  const [bug] = PLANTED_BUGS;
  const [edit] = bug?.edits ?? [];
  if (bug === undefined || edit === undefined) throw new Error("there is a bug");
  expect(() => plantIn(edit.path, "", bug)).toThrow("stands 0 times");
  expect(() => plantIn(edit.path, edit.from + edit.from, bug)).toThrow("stands 2 times");
});
