import { checkpointOfNote } from "@xueshi/domain";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { verifyDatabase } from "../../scripts/ledger/verify/verify-database.ts";
import type { VerifiedCheckpoint } from "../../scripts/ledger/verify/verify-since.ts";
import type { Material } from "./arrivals.ts";
import { fillWorld, number, postMore, rehash, sign, signer } from "./audited-world.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

let world: LedgerWorld;
/** The checkpoint up to which the world was verified before it went on. */
let since: VerifiedCheckpoint;
let material: Material;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  material = await fillWorld(world);
  const checkpoint = checkpointOfNote((await sign(world)).note);
  if (checkpoint === null) throw new Error("a checkpoint was signed");
  since = checkpoint;
  await postMore(world, material, "later", 3);
  await sign(world);
  await postMore(world, material, "numbered", 2);
  await number(world);
  await postMore(world, material, "waits", 1);
});

async function verify(given: VerifiedCheckpoint | null = since) {
  return verifyDatabase({
    ...{ databaseUrl: world.ownerUrl, limit: 20, threads: null, entriesPerTask: 3, progress: () => undefined },
    ...{ verifierKey: signer.verifierKey, ...(given === null ? {} : { since: given }) },
    full: { nameVariants: "hold", indexKey: null, rules: await world.posting.rules() },
  });
}
const asSuperuser = (statement: string) => world.owner.unsafe(`SET session_replication_role = replica; ${statement}`);
const codes = async () => [...new Set((await verify()).tally.first.map(({ code }) => code))];

/** Of the people whom a posting after the checkpoint is about. */
const touched =
  () => `practitioner_id IN (SELECT unnest(practitioner_ids) FROM ledger.feed WHERE position >= ${since.size}
  UNION SELECT unnest(practitioner_ids) FROM ledger.outbox)`;

test("what came after a verified checkpoint is sound, and nobody else is read", async () => {
  const [all, some] = [await verify(null), await verify()];
  expect(some.tally.first).toEqual([]);
  expect(some.people).toBeGreaterThan(0);
  expect(some.people).toBeLessThan(all.people);
  expect({ newest: some.newestNote, uncovered: some.uncovered }).toEqual({
    ...{ newest: all.newestNote, uncovered: all.uncovered },
  });
  expect(checkpointOfNote(some.newestNote ?? "")?.size).toBeGreaterThan(since.size);
});

test("by the newest checkpoint there is only what it does not cover", async () => {
  const newest = checkpointOfNote((await verify()).newestNote ?? "");
  const { tally, entries } = await verify(newest);
  expect(tally.first).toEqual([]);
  expect(entries).toBeGreaterThan(0);
});

test("whatever is changed of somebody who has a later entry is found, also in earlier ones", async () => {
  await asSuperuser(`UPDATE ledger.entry SET title = title || '!' WHERE sequence = 2 AND ${touched()}`);
  expect(await codes()).toContain("entry_hash_differs");
  await asSuperuser(`UPDATE projection.balance SET hours_hundredths = hours_hundredths + 100 WHERE ${touched()}`);
  expect(await codes()).toContain("balance_differs");
});

test("an earlier entry of somebody who has a later one is found, though all hashes after it are made anew", async () => {
  const newest = checkpointOfNote((await sign(world)).note);
  await postMore(world, material, "one more", 1);
  await world.owner.unsafe("CREATE TEMPORARY TABLE kept_tile AS TABLE ledger.tree_tile");
  expect((await verify(newest)).tally.first).toEqual([]);
  await asSuperuser(`UPDATE ledger.entry SET actor = 'somebody-else' WHERE sequence = 1 AND practitioner_id IN
    (SELECT unnest(practitioner_ids) FROM ledger.outbox)`);
  await rehash(world.owner);
  // What the checkpoint covers of the tree stays as it was signed.
  await asSuperuser(`UPDATE ledger.tree_tile SET hashes = kept_tile.hashes FROM kept_tile
    WHERE (kept_tile.level, kept_tile.index) = (tree_tile.level, tree_tile.index); DROP TABLE kept_tile`);
  const { tally } = await verify(newest);
  expect(tally.first).toMatchObject([{ code: "tree_differs", table: "ledger.entry" }]);
});

test("what is changed of somebody without a later entry only a run over everything finds", async () => {
  await asSuperuser(`UPDATE ledger.entry SET title = title || '!' WHERE NOT ${touched()}`);
  expect((await verify()).tally.first).toEqual([]);
  expect((await verify(null)).tally.counts.get("entry_hash_differs")).toBeGreaterThan(0);
});

const ofLast = (table: string, column: string) => `WHERE ${column} = (SELECT max(${column}) FROM ${table})`;

test.each([
  ["a tile", "UPDATE ledger.tree_tile SET hashes = set_byte(hashes, 3, 255 - get_byte(hashes, 3))", "tree_differs"],
  ["a later hash", "UPDATE ledger.tree_tile SET hashes = set_byte(hashes, length(hashes) - 1, 0)", "tree_differs"],
  ["the length of the feed", "UPDATE ledger.feed_head SET size = size + 1", "feed_differs"],
  [
    "a later posting",
    "UPDATE ledger.posting SET actor = 'x' WHERE posting_id IN (SELECT posting_id FROM ledger.outbox)",
    "posting_differs",
  ],
  ["a later row of the feed", `DELETE FROM ledger.feed ${ofLast("ledger.feed", "position")}`, "feed_differs"],
  [
    "a later checkpoint",
    `UPDATE ledger.checkpoint SET note = 'x' ${ofLast("ledger.checkpoint", "size")}`,
    "checkpoint_not_signed",
  ],
] as const)("%s that is changed is found", async (_name, statement, code) => {
  await asSuperuser(statement);
  expect(await codes()).toContain(code);
});

test("another root than that of the checkpoint is found, whatever the ledger says of itself", async () => {
  const { tally } = await verify({ ...since, root: Buffer.alloc(32, 1).toString("base64") });
  expect(tally.first).toContainEqual(expect.objectContaining({ code: "tree_differs", key: `size ${since.size}` }));
});
