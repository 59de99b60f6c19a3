import { expect, it } from "vitest";
import { checkImportCycles } from "./import-cycles.ts";
import { plant, readRepository, report } from "./repository.ts";

it("finds no import cycle", () => {
  expect(report(checkImportCycles(readRepository()))).toEqual([]);
});

it("notices a cycle, also one that only types close", () => {
  const findings = checkImportCycles(
    plant({
      "packages/domain/src/a.ts": 'import { b } from "./b.ts";',
      "packages/domain/src/b.ts": 'export * from "./deep/c.ts";',
      "packages/domain/src/deep/c.ts": 'import type { A } from "../a.ts"; import "../d.ts";',
      "packages/domain/src/d.ts": "",
    }),
  );
  expect(findings.map(({ message }) => message)).toEqual([
    "packages/domain/src/a.ts → packages/domain/src/b.ts → packages/domain/src/deep/c.ts → packages/domain/src/a.ts",
  ]);
});
