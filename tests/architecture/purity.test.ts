import { expect, it } from "vitest";
import { checkAmbientTime, checkDomainPurity } from "./purity.ts";
import { plant, readRepository, report } from "./repository.ts";

it("keeps the core free of IO and of packages", () => {
  expect(report(checkDomainPurity(readRepository()))).toEqual([]);
});

it("hands clock, ids and chance in as arguments", () => {
  expect(report(checkAmbientTime(readRepository()))).toEqual([]);
});

it("notices what would make the core impure", () => {
  const findings = checkDomainPurity(
    plant({
      "packages/domain/src/a.ts": 'import { readFileSync } from "node:fs"; export const read = readFileSync;',
      "packages/domain/src/b.ts": 'import * as z from "zod"; export const schema = z.string();',
      "packages/domain/src/c.ts": "export const host = process.env.HOST;",
      "packages/domain/src/d.ts": "export const load = () => fetch('x');",
      "packages/domain/src/e.ts": "export const kind = (row: { process: string }) => row.process;",
      "packages/domain/src/f.test.ts": 'import { it } from "vitest";',
      "packages/vault/src/g.ts": 'import { createHash } from "node:crypto";',
    }),
  );
  expect(findings.map(({ path }) => path.split("/").at(-1))).toEqual(["a.ts", "b.ts", "c.ts", "d.ts"]);
});

it.each([
  "export const now = () => Date.now();",
  "export const today = new Date();",
  "export const text = Date();",
  "export const dice = Math.random();",
  'import { randomUUID } from "node:crypto"; export const id = randomUUID();',
  "export const id = crypto.randomUUID();",
])("notices %s", (text) => {
  expect(checkAmbientTime(plant({ "packages/vault/src/a.ts": text }))).toHaveLength(1);
  expect(checkAmbientTime(plant({ "services/query-api/src/a.ts": text }))).toHaveLength(1);
  expect(checkAmbientTime(plant({ "packages/runtime/src/a.ts": text, "scripts/a.ts": text }))).toEqual([]);
});

it("lets an instant be read from its argument, and a duration be measured", () => {
  expect(checkAmbientTime(plant({ "packages/vault/src/b.ts": "export const start = performance.now();" }))).toEqual([]);
  expect(
    checkAmbientTime(plant({ "packages/vault/src/a.ts": "export const at = (ms: number) => new Date(ms);" })),
  ).toEqual([]);
});
