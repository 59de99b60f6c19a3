import { expect, it } from "vitest";
import { checkOutsideMentions } from "./outside-mentions.ts";
import { plant, readRepository, report } from "./repository.ts";

it("speaks of the product alone", () => {
  expect(report(checkOutsideMentions(readRepository()))).toEqual([]);
});

it.each([
  ["/", "home", "/somebody/notes"],
  ["in /", "work", "/project there"],
  ["'/", "tmp", "/scratch/x'"],
  ["made by an A", "I", " one day"],
  ["Co-authored", "-by", ": Somebody"],
])("notices %s%s%s", (...parts) => {
  expect(checkOutsideMentions(plant({ "README.md": `first line\n${parts.join("")}\n` }))).toHaveLength(1);
});

it("takes addresses and containers' own folders", () => {
  const text = "https://example.com/home/page and ./work/x and /app/service.js and /usr/lib/postgresql/15/bin and AID";
  expect(checkOutsideMentions(plant({ "infra/notes.md": text }))).toEqual([]);
});
