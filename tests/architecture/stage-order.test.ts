import { expect, it } from "vitest";
import { plant, readRepository, report } from "./repository.ts";
import { checkStageOrder, STAGES, stageFolders } from "./stage-order.ts";

it("names the stages so that their alphabetical order is the order of the flow", () => {
  expect([...STAGES].sort()).toEqual([...STAGES]);
});

it("lets a stage import only the stages before it", () => {
  expect(report(checkStageOrder(readRepository()))).toEqual([]);
});

it("has stages to look at in the core, in the database and in each service", () => {
  const folders = stageFolders(readRepository());
  expect(folders).toEqual(expect.arrayContaining(STAGES.map((stage) => `packages/domain/src/${stage}`)));
  expect(folders).toEqual(
    expect.arrayContaining([
      "packages/database/src/ledger",
      "services/ingestion-worker/src/acquisition",
      "services/ledger-service/src/ledger",
      "services/query-api/src/verdict",
    ]),
  );
});

it("notices a stage that looks ahead, by path, by a package's index, by type, and late", () => {
  const findings = checkStageOrder(
    plant({
      "packages/domain/src/index.ts": 'export type { Verdict } from "./verdict/verdict.ts";',
      "packages/domain/src/verdict/verdict.ts": "export type Verdict = string;",
      "packages/domain/src/values/hours.ts": 'import "../ledger/entry.ts";',
      "packages/domain/src/admission/a.ts": 'import type { Entry } from "../ledger/entry.ts";',
      "packages/domain/src/admission/b.ts": 'import { platform } from "../acquisition/platform.ts";',
      "services/query-api/src/main.ts": 'import "./verdict/answer.ts";',
      "packages/database/src/ledger/c.ts": 'import type { Verdict } from "@xueshi/domain";',
      "services/query-api/src/ledger/d.ts": 'export * from "../projection/read-balances.ts";',
      "services/query-api/src/ledger/e.ts": 'const late = await import("../verdict/answer.ts");',
      "packages/database/src/verdict/f.ts": 'import type { Verdict } from "@xueshi/domain";',
    }),
  );
  expect(findings.map(({ path }) => path)).toEqual([
    "packages/domain/src/values/hours.ts",
    "packages/domain/src/admission/a.ts",
    "packages/database/src/ledger/c.ts",
    "services/query-api/src/ledger/d.ts",
    "services/query-api/src/ledger/e.ts",
  ]);
});
