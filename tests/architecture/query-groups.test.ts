import { expect, it } from "vitest";
import { checkQueryGroups } from "./query-groups.ts";
import { plant, readRepository, report } from "./repository.ts";

const repository = readRepository();
const distributeSql = repository.find(({ path }) => path === "infra/distributed/distribute.sql")?.text ?? "";

it("keeps every statement within one group of tables", () => {
  expect(distributeSql).not.toBe("");
  expect(report(checkQueryGroups(repository, distributeSql))).toEqual([]);
});

it("notices a join, a subselect and a write across groups, and lets small tables be joined", () => {
  const planted = plant({
    "packages/database/src/ledger/a.ts":
      "sql`SELECT 1 FROM ledger.entry e JOIN admission.version v USING (record_key)`;",
    "packages/database/src/ledger/b.ts":
      "sql`SELECT 1 FROM ledger.head WHERE practitioner_id IN\n (SELECT x FROM acquisition.batch)`;",
    "packages/database/src/ledger/c.ts": "sql`INSERT INTO admission.refusal SELECT 1 FROM ledger.head`;",
    "packages/database/src/ledger/d.ts": "sql`SELECT 1 FROM ledger.entry JOIN ledger.head USING (practitioner_id)`;",
    "packages/database/src/ledger/e.ts": "sql`SELECT 1 FROM ledger.entry JOIN ledger.platform_mark USING (platform)`;",
  });
  expect(checkQueryGroups(planted, distributeSql).map(({ path }) => path.split("/").at(-1))).toEqual([
    "a.ts",
    "b.ts",
    "c.ts",
  ]);
});
