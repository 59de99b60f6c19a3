import type { Sql } from "@xueshi/database";
import type { DuplicateDecisionKind } from "@xueshi/domain";
import { createRuleSetReader, type RulesInForce } from "@xueshi/ledger-service/commands";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectToRead } from "../../scripts/ledger/verify/open-worker.ts";
import { TABLES_OF_PART } from "../../scripts/ledger/verify/parts.ts";
import { verifyDatabase } from "../../scripts/ledger/verify/verify-database.ts";
import { verifyParts } from "../../scripts/ledger/verify/verify-parts.ts";
import { applyCorrection } from "../../services/ledger-service/src/ledger/corrections/apply-correction.ts";
import { proposeDuplicates } from "../../services/ledger-service/src/ledger/corrections/propose-correction.ts";
import { undoCorrection } from "../../services/ledger-service/src/ledger/corrections/undo-correction.ts";
import { fillWorld, number, postMore, sign, signer } from "./audited-world.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { operateWorld } from "./operated-world.ts";
import { mutationsOf, readColumns, restore, TABLES } from "./row-mutations.ts";

let world: LedgerWorld;
let owner: Sql;
let pool: Sql;
let rules: RulesInForce;
beforeAll(async () => {
  world = await openLedgerWorld();
  pool = connectToRead(world.ownerUrl, 3);
  owner = world.owner;
  const material = await fillWorld(world);
  await sign(world);
  await postMore(world, material, "later", 3);
  await number(world);
  await decideSome();
  await operateWorld(world, material);
  await sign(world);
  await postMore(world, material, "waits", 2);
  rules = await createRuleSetReader(owner, world.clock)();
});
afterAll(async () => {
  await pool.end({ timeout: 5 });
  await world.close();
});

/** An operator gives a subject to what has none, and lets a duplicate count. */
async function decideSome(): Promise<void> {
  for (const [state, decision] of [
    ["unclassified", { subject: "professional", counts: false }],
    ["duplicate", { subject: null, counts: true }],
  ] as const) {
    const [found] = await owner<{ source: string; id: string }[]>`
      SELECT entry.source, record_id AS id FROM projection.record_state JOIN ledger.entry USING (practitioner_id, sequence)
      WHERE record_state.state = ${state} ORDER BY record_id LIMIT 1`;
    if (found !== undefined) await world.decide(found.source, found.id, decision);
  }
  const duplicates = await readPairs("duplicate");
  const others = await readPairs("registered");
  await decideDuplicates("distinct_achievements", duplicates[0]);
  const undone = await decideDuplicates("distinct_achievements", duplicates[1] ?? others[1]);
  await undoCorrection(context(), { correctionId: undone, of: "record_sets", holder: "carol", reason: "not so" });
  await decideDuplicates("same_achievement", others[0]);
}

/** Records that stand so, each with one that counts for the same person and platform of record. */
async function readPairs(state: string): Promise<readonly (readonly string[])[]> {
  const rows = await owner<{ one: string; other: string }[]>`
    SELECT DISTINCT ON (one.practitioner_id) one.record_key AS one, other.record_key AS other
    FROM projection.record_state AS one JOIN ledger.entry AS e USING (practitioner_id, sequence)
    JOIN projection.record_state AS other ON other.practitioner_id = one.practitioner_id AND other.slot = ''
      AND other.state = 'registered' AND other.record_key <> one.record_key
      AND (one.state = 'registered' OR other.achievement_key = one.achievement_key)
    JOIN ledger.entry AS o ON o.practitioner_id = other.practitioner_id AND o.sequence = other.sequence
      AND o.platform = e.platform
    WHERE one.slot = '' AND one.state = ${state} ORDER BY one.practitioner_id, one.record_key, other.record_key`;
  return rows.map(({ one, other }) => [one, other]);
}

const context = () => ({ ...world.posting, fourEyes: new Set<never>() });

async function decideDuplicates(kind: DuplicateDecisionKind, recordKeys: readonly string[] = []): Promise<string> {
  const request = { kind, recordSets: [[...recordKeys]], reason: "looked at it", document: "letter 5" };
  const asked = {
    request,
    holder: "alice",
    receivedAtMs: world.clock(),
    idempotencyKey: null,
    language: "en",
  } as const;
  const { correctionId } = await proposeDuplicates(context(), asked);
  await applyCorrection(context(), { correctionId, of: "record_sets", holder: "bob" });
  return correctionId;
}

/** Rules in force are not read each time, and verdicts not decided again, where neither says anything of what was changed. */
async function verify(isOfVerdicts = true) {
  const { indexKey } = world.keys;
  const full = isOfVerdicts ? { indexKey } : { indexKey: null, rules };
  return verifyDatabase({
    ...{ databaseUrl: world.ownerUrl, pool, limit: 100, threads: null, progress: () => undefined },
    verifierKey: signer.verifierKey,
    full: { nameVariants: "hold", ...full },
  });
}

test("the world that is changed below is sound, and has rows to change in each table", async () => {
  expect(await verify()).toMatchObject({ unposted: 0, derived: "yes", tally: { first: [] } });
  for (const { table } of TABLES) {
    const [row] = await owner.unsafe(`SELECT count(*)::int AS rows FROM ${table}`);
    expect({ table, isEmpty: row?.rows === 0 }).toEqual({ table, isEmpty: false });
  }
});

/** What a run of `--only chain,balances` looks at, and what it finds there. */
const LOOKED_AT: Readonly<Record<string, RegExp>> = {
  "ledger.entry": /^(?:entry_|reversal_wrong$)/,
  "ledger.head": /^head_differs$/,
  "projection.balance": /^balance_differs$/,
};

async function verifyChainsAndBalances() {
  const plan = { databaseUrl: world.ownerUrl, pool, limit: 100, threads: null, progress: () => undefined };
  const { tally, leftOut } = await verifyParts({ ...plan, parts: ["chain", "balances"] });
  return { found: tally.first, leftOut: leftOut.flatMap((part) => TABLES_OF_PART[part]) };
}

/** The same of a run over everything; of a head's turn only the feed says what it should be. */
async function verifyAndPick() {
  const plan = { databaseUrl: world.ownerUrl, pool, limit: 100, threads: null, progress: () => undefined };
  const { tally } = await verifyDatabase(plan);
  return tally.first.filter(({ code, table, field }) => LOOKED_AT[table]?.test(code) === true && field !== "turn");
}

test.each(TABLES)(
  "of every change of $table a run over chains and balances finds the same, or says that it did not look there",
  async (spec) => {
    expect((await verifyChainsAndBalances()).found).toEqual([]);
    for await (const mutation of mutationsOf(owner, spec, await readColumns(owner, spec.table))) {
      const { found, leftOut } = await verifyChainsAndBalances();
      const isOfTurn = mutation.what.startsWith("ledger.head turn");
      if (spec.table in LOOKED_AT && !isOfTurn) {
        expect(found.length, mutation.what).toBeGreaterThan(0);
        expect(found, mutation.what).toEqual(await verifyAndPick());
        expect(leftOut, mutation.what).not.toContain(spec.table);
      } else {
        expect(found, mutation.what).toEqual([]);
        expect(leftOut, mutation.what).toContain(isOfTurn ? "ledger.head.turn" : spec.table);
      }
      await restore(owner, mutation);
    }
  },
);

test.each(TABLES)("every change of $table that means something is found", async (spec) => {
  const columns = await readColumns(owner, spec.table);
  // Nobody forgets a new column: it means something until it is said here why it does not.
  const named = columns.map(({ name }) => name);
  expect(named).toEqual(expect.arrayContaining(Object.keys(spec.statistics)));
  const unseen: string[] = [];
  let made = 0;
  for await (const mutation of mutationsOf(owner, spec, columns)) {
    made += 1;
    const { tally } = await verify(spec.isOfVerdicts ?? false);
    if (tally.first.length === 0) unseen.push(mutation.what);
    await restore(owner, mutation);
  }
  expect(unseen).toEqual([]);
  expect(made).toBeGreaterThan(columns.length - Object.keys(spec.statistics).length);
  expect((await verify()).tally.first).toEqual([]);
});
