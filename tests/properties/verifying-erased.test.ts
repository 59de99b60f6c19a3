import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type VerifyPlan, verifyDatabase } from "../../scripts/ledger/verify/verify-database.ts";
import { verifyParts } from "../../scripts/ledger/verify/verify-parts.ts";
import { applyErasure } from "../../services/ingestion-worker/src/admission/erasure/apply-erasure.ts";
import { proposeErasure } from "../../services/ingestion-worker/src/admission/erasure/propose-erasure.ts";
import { runErasure } from "../../services/ingestion-worker/src/admission/erasure/run-erasure.ts";
import { fillWorld, number, rehash, sign, signer } from "./audited-world.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

let world: LedgerWorld;
let erased: string;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

async function verify(plan: Partial<VerifyPlan> = {}) {
  const full = { nameVariants: "hold" as const, indexKey: null, rules: await world.posting.rules() };
  const base = { databaseUrl: world.ownerUrl, limit: 10, threads: null, progress: () => undefined };
  return verifyDatabase({ ...base, verifierKey: signer.verifierKey, full, ...plan });
}

async function erase(practitionerId: string): Promise<void> {
  const { ingestion } = world;
  const by = { holder: "alice", receivedAtMs: ingestion.clock(), idempotencyKey: null };
  const said = { reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" } as const;
  const { erasureId } = (await proposeErasure(ingestion, { practitionerId, ...said, ...by })).row;
  await applyErasure(ingestion, { erasureId, holder: "bob", practitionerId, needsSecondHolder: true });
  for (const batchId of await world.unposted()) await world.post(batchId);
  expect(await runErasure(ingestion, erasureId, new AbortController().signal)).toBe("done");
}

/** Someone with many entries, of whom nobody is merged and who is merged into nobody. */
async function someone(): Promise<string> {
  const [row] = await world.owner<{ id: string }[]>`
    SELECT head.practitioner_id AS id FROM ledger.head JOIN admission.identity USING (practitioner_id)
    WHERE NOT EXISTS (SELECT FROM admission.person_merge AS merge
      WHERE head.practitioner_id IN (merge.practitioner_id, merge.into_practitioner_id))
      AND octet_length(sealed) > 0
    ORDER BY head.sequence DESC LIMIT 1`;
  return row?.id ?? "";
}

beforeEach(async () => {
  await fillWorld(world);
  await sign(world);
  erased = await someone();
  await erase(erased);
  await number(world);
  await sign(world);
});

/** As someone who owns the tables and passes their guards. */
const tamper = (statement: string) =>
  world.owner.unsafe(`SET session_replication_role = replica; ${statement}; RESET session_replication_role`);
const found = async (plan: Partial<VerifyPlan> = {}) =>
  (await verify(plan)).tally.first.map(({ code, table, field }) => [code, table, field]);

test("a ledger of which somebody was erased is sound, and says of how many nothing was derived anew", async () => {
  const { tally, erased: count, derived, uncovered } = await verify();
  expect(tally.first).toEqual([]);
  expect({ count, derived, uncovered: uncovered.entries }).toEqual({ count: 1, derived: "yes", uncovered: 0 });
  expect((await verify({ entriesPerTask: 3 })).erased).toBe(1);
  const plan = { databaseUrl: world.ownerUrl, limit: 10, threads: null, progress: () => undefined };
  const some = await verifyParts({ ...plan, parts: ["chain", "balances"] });
  expect(some).toMatchObject({ erased: 1, tally: { first: [] } });
});

test("records of others stand as before when they are looked at again, those among them that the person had a row of too", async () => {
  const entries = async () => (await world.owner`SELECT FROM ledger.entry`).length;
  const before = await entries();
  const batchId = world.ingestion.newId();
  await world.owner`
    INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys, practitioner_ids)
    SELECT ${batchId}, 'demo-training', 'push', now(), 0, '{}', '[]', array_agg(DISTINCT record_key),
      array_agg(DISTINCT practitioner_id) FROM admission.version`;
  const [shared] = await world.owner`
    SELECT count(*)::int AS count FROM (SELECT FROM admission.version GROUP BY record_key
      HAVING count(DISTINCT practitioner_id) > 1 AND bool_or(practitioner_id = ${erased})) AS record`;
  expect(shared?.count).toBeGreaterThan(0);
  expect(await world.post(batchId)).toBe("posted");
  expect(await entries()).toBe(before);
  expect((await verify()).tally.first).toEqual([]);
});

test.each([
  ["a tombstone that is gone", "DELETE FROM admission.tombstone", ["erasure_differs", "admission.tombstone", null]],
  ["another basis", "UPDATE admission.tombstone SET basis = 'x'", ["erasure_differs", "admission.tombstone", "basis"]],
  [
    "another reason",
    "UPDATE admission.tombstone SET reason = 'x'",
    ["erasure_differs", "admission.tombstone", "basis"],
  ],
  [
    "another document",
    "UPDATE admission.tombstone SET document = 'x'",
    ["erasure_differs", "admission.tombstone", "basis"],
  ],
  ["another actor", "UPDATE admission.tombstone SET actor = 'x'", ["erasure_differs", "admission.tombstone", "actor"]],
  [
    "an identity that is back",
    "UPDATE admission.identity SET sealed = 'x' WHERE octet_length(sealed) = 0",
    ["erasure_differs", "admission.identity", "sealed"],
  ],
])("finds %s", async (_what, statement, expected) => {
  await tamper(statement);
  expect(await found()).toContainEqual(expected);
});

test("finds a tombstone of somebody whose chain is open, by which derivation would pass over what was changed", async () => {
  const other = await someone();
  await tamper(`INSERT INTO admission.tombstone SELECT '${other}', erasure_id, erased_at, reason, document, basis, actor
    FROM admission.tombstone LIMIT 1`);
  expect(await found()).toContainEqual(["erasure_differs", "admission.tombstone", null]);
});

test("finds an entry that was put behind the one that closed the chain, though every hash was made anew", async () => {
  await tamper(`INSERT INTO ledger.entry SELECT (jsonb_populate_record(entry, jsonb_build_object('sequence', sequence + 1))).*
    FROM ledger.entry WHERE practitioner_id = '${erased}' AND kind = 'identity' AND name_digest IS NULL`);
  await tamper(`UPDATE ledger.head SET sequence = sequence + 1 WHERE practitioner_id = '${erased}'`);
  await tamper("SELECT 1");
  await world.owner`SET session_replication_role = replica`;
  await rehash(world.owner);
  await world.owner`RESET session_replication_role`;
  expect((await verify({ limit: 100 })).tally.counts.get("entry_after_erasure")).toBe(1);
});
