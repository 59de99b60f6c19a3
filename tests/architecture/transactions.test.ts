import { expect, it } from "vitest";
import { plant, readRepository, report } from "./repository.ts";
import { checkBeginnings, checkGuards, checkLockOrder } from "./transactions.ts";

const repository = readRepository();

it("begins every transaction where a lost answer to a COMMIT has a meaning", () => {
  expect(report(checkBeginnings(repository))).toEqual([]);
  const planted = plant({
    "services/ledger-service/src/ledger/a.ts": "export const f = (sql) => sql.begin(run);",
    "services/ledger-service/src/ledger/b.ts": "export const f = ({ context }) => context.querySql.begin(run);",
    "services/ledger-service/src/ledger/c.ts": "export const f = (encoder) => encoder.begin(1);",
  });
  expect(checkBeginnings(planted).map(({ path }) => path.at(-4))).toEqual(["a", "b"]);
});

it("locks many rows in the order of their keys, or under locks that were", () => {
  expect(report(checkLockOrder(repository))).toEqual([]);
  expect(checkGuards(repository)).toEqual([]);
});

it.each([
  ["INSERT INTO a.b SELECT * FROM unnest(?) ORDER BY 1 ON CONFLICT DO NOTHING", []],
  ["INSERT INTO a.b SELECT * FROM unnest(?) ON CONFLICT DO NOTHING", ["inserted in no order"]],
  ["INSERT INTO a.b SELECT * FROM (SELECT unnest(?) ORDER BY 1) ON CONFLICT DO NOTHING", ["inserted in no order"]],
  ["INSERT INTO a.b VALUES (?) ON CONFLICT DO NOTHING", []],
  ["UPDATE ledger.head SET x = y FROM unnest(?) AS y", []],
  ["UPDATE ledger.feed SET x = y FROM unnest(?) AS y", ["which no lock guards"]],
  ["DELETE FROM a.b WHERE c = ANY(?)", ["which no lock guards"]],
  ["SELECT 1 FROM ledger.head WHERE id = ANY(?) FOR UPDATE", ["in the order of a plan"]],
  ["SELECT 1 FROM ledger.head WHERE id = ? FOR NO KEY UPDATE", []],
])("%s", (sql, messages) => {
  const found = checkLockOrder(plant({ "packages/database/src/a.ts": `export const f = (sql, x) => sql\`${sql}\`;` }));
  expect(found.map(({ message }) => messages.find((one) => message.includes(one)) ?? message)).toEqual(messages);
});
