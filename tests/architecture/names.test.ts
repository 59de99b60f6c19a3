import { expect, it } from "vitest";
import { checkNames } from "./names.ts";
import { plant, readRepository, report } from "./repository.ts";

it("names files and folders in kebab-case and by what is in them", () => {
  expect(report(checkNames(readRepository()))).toEqual([]);
});

it.each([
  ["packages/domain/src/utils/hours.ts", '"utils" says nothing about what is in utils'],
  ["packages/shared/src/index.ts", '"shared" says nothing about what is in shared'],
  ["packages/domain/src/date-helpers.ts", '"helpers" says nothing about what is in date-helpers.ts'],
  ["packages/domain/src/ledger/ledgerEntry.ts", "ledgerEntry.ts is not kebab-case"],
  ["packages/domain/src/Ledger/entry.ts", "Ledger is not kebab-case"],
  ["services/query-api/src/batch_store.ts", "batch_store.ts is not kebab-case"],
])("notices %s", (path, message) => {
  expect(report(checkNames(plant({ [path]: "" })))).toEqual([`${path}:1 ${message}`]);
});

it("takes the names that the outside gives, and a second extension", () => {
  const names = [
    "README.md",
    "infra/Dockerfile",
    "packages/database/drizzle/0000_tables.sql",
    "a/b-c.db.test.ts",
    ".ci/run",
  ];
  expect(checkNames(plant(Object.fromEntries(names.map((name) => [name, ""]))))).toEqual([]);
});
