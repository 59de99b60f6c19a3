import { expect, it } from "vitest";
import { checkDocuments, checkPageMentions, countReferences } from "./documents.ts";
import { listFiles, plant, readRepository, report } from "./repository.ts";

it("has pages whose links, paths and commands are alive", () => {
  expect(countReferences(readRepository())).toBeGreaterThan(20);
  expect(report(checkDocuments(readRepository(), listFiles("")))).toEqual([]);
});

it("has the pages that comments send their reader to", () => {
  expect(report(checkPageMentions(readRepository(), listFiles("")))).toEqual([]);
});

it.each(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])("has the page %s", (page) => {
  expect(readRepository().find(({ path }) => path === page)?.text.length ?? 0).toBeGreaterThan(500);
});

const alive = plant({
  "package.json": '{ "scripts": { "test": "x", "schema:dump": "x" } }',
  "README.md":
    "# Hello, world!\n[a](ARCHITECTURE.md#the-flow) [b](#hello-world) `packages/domain/src` `pnpm test` and `a/b`\n",
  "ARCHITECTURE.md":
    "## The flow\n[up](./README.md) [out](https://example.com/x) `packages/*/src/*.ts` pnpm schema:dump, pnpm install\n",
  "packages/domain/src/index.ts": "",
});
const paths = alive.map(({ path }) => path);

it("follows what is alive", () => {
  expect(report(checkDocuments(alive, paths))).toEqual([]);
  expect(countReferences(alive)).toBe(6);
});

it.each([
  ["[a](GONE.md)", "links to GONE.md, which does not exist"],
  ["[a](ARCHITECTURE.md#gone)", "links to ARCHITECTURE.md#gone, which does not exist"],
  ["[a](#gone)", "links to #gone, which does not exist"],
  ["see `packages/gone/src`", "names packages/gone/src, which does not exist"],
  ["see `tests/*.gone`", "names tests/*.gone, which does not exist"],
  ["run `npx pnpm gone --now`", "calls the script gone, which package.json does not have"],
])("notices %s", (text, message) => {
  const planted = [...alive, { path: "CHANGELOG.md", text: `first line\n${text}\n` }];
  expect(report(checkDocuments(planted, [...paths, "CHANGELOG.md"]))).toEqual([`CHANGELOG.md:2 ${message}`]);
});

it("notices a comment that sends its reader nowhere", () => {
  const planted = plant({ "packages/domain/src/a.ts": "// As rules.md, rule 1, and gone.md say.\n" });
  expect(report(checkPageMentions(planted, ["packages/platforms/rules.md"]))).toEqual([
    "packages/domain/src/a.ts:1 names gone.md, which does not exist",
  ]);
});
