import { expect, it } from "vitest";
import { plant, readRepository, report } from "./repository.ts";
import { checkUnusedExports } from "./unused-exports.ts";

it("exports only what another file uses", () => {
  expect(report(checkUnusedExports(readRepository()))).toEqual([]);
});

it("notices an export that only an index or its own unit test mentions", () => {
  const planted = plant({
    "packages/domain/src/index.ts": 'export { used, unused } from "./a.ts"; import { made } from "./a.ts"; made();',
    "packages/domain/src/a.ts": `export const used = 1;
export const unused = 2;
export type Own = number;
export function dead() {}
export function made() {}
export const LIMIT = 3;
export const inner = LIMIT + 4;
`,
    "packages/domain/src/a.test.ts": 'import { inner, LIMIT, unused } from "./a.ts";',
    "services/query-api/src/main.ts": 'import { used } from "@xueshi/domain";',
  });
  expect(report(checkUnusedExports(planted))).toEqual([
    "packages/domain/src/a.ts:2 unused is exported and nothing uses it",
    "packages/domain/src/a.ts:4 dead is exported and nothing uses it",
    "packages/domain/src/a.ts:7 inner is exported and nothing uses it",
  ]);
});
