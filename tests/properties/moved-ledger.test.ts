import { REBUILT_TABLES, type Sql, TRANSFERRED_TABLES } from "@xueshi/database";
import { exportLedger, importLedger } from "@xueshi/ledger-service/commands";
import { sha256Hex, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { numberPostings } from "../../services/ledger-service/src/ledger/number-postings.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { readLedger } from "./read-ledger.ts";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedule.ts";
import { verifyLedger } from "./verify-ledger.ts";

let home: LedgerWorld;
let away: LedgerWorld;
beforeAll(async () => {
  [home, away] = await Promise.all([openLedgerWorld(), openLedgerWorld()]);
});
afterAll(() => Promise.all([home.close(), away.close()]));

const TABLES = [...Object.keys(TRANSFERRED_TABLES), ...REBUILT_TABLES];

async function everythingIn(sql: Sql): Promise<Map<string, string[]>> {
  const content = new Map<string, string[]>();
  for (const table of TABLES) {
    const rows = await sql.unsafe(`SELECT to_jsonb(content)::text AS text FROM ${table} AS content ORDER BY 1`);
    content.set(
      table,
      rows.map(({ text }) => text as string),
    );
  }
  return content;
}

/** Exports from the one world into the other, which must hold the same then, row for row. */
async function moveLedger(from: LedgerWorld, rounds: number): Promise<LedgerWorld> {
  const { owner, clock } = from;
  const hashing = { suite: sha256Suite, treeHash: sha256TreeHash, sha256Hex };
  for (let round = 0; round < rounds; round += 1) await numberPostings({ sql: owner, clock, ...hashing });
  const texts: string[] = [];
  const exporting = { sql: owner, clock, treeHash: sha256TreeHash, origin: "property/ledger", signer: null };
  const write = async (text: string) => void texts.push(text);
  await exportLedger(exporting, { practitionerId: null, write, progress: () => {} });
  await away.reset(null);
  away.catchUp(clock());
  const chunks = (async function* () {
    for (const text of texts) yield Buffer.from(text);
  })();
  await importLedger({ sql: away.owner, ...hashing }, { chunks, verifierKey: null, progress: () => {} });
  expect(await everythingIn(away.owner)).toEqual(await everythingIn(owner));
  verifyLedger(await readLedger(away.owner));
  return away;
}

test("a ledger that moves to another database in the middle ends as the rules say, and answers as before", async () => {
  await checkProperty(
    fc.asyncProperty(denseMaterials, schedules, fc.nat(30), fc.nat(2), (material, steps, at, rounds) =>
      runSchedule(home, material, steps, { beforeStep: at, move: (from) => moveLedger(from, rounds) }),
    ),
    8,
  );
});
