import { lockFeed, readCheckpoints, readFeed, readRunHashes, type Sql } from "@xueshi/database";
import { backendOf, waitUntilBlocked } from "@xueshi/database/testing";
import { headLeaf, parseCheckpoint } from "@xueshi/domain";
import { createNoteSigner, openNote, sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openTestLedger, type TestLedger } from "../testing/test-ledger.ts";
import { numberPostings, numberWaiting } from "./number-postings.ts";
import { postBatch } from "./post-batch.ts";
import { type CheckpointContext, signCheckpoint } from "./sign-checkpoint.ts";

let ledger: TestLedger;
let context: CheckpointContext;
beforeAll(async () => {
  ledger = await openTestLedger();
  const { sql, clock, chance } = ledger.context;
  const origin = "ledger.example/xueshi";
  const signer = createNoteSigner(origin, Buffer.alloc(32, 7));
  context = { sql, clock, chance, treeHash: sha256TreeHash, origin, signer };
});
beforeEach(() => ledger.empty());
afterAll(() => ledger.close());

const batchOf = (turn: number, people: readonly string[]) =>
  ledger.store({ versions: people.map((person) => ({ recordId: `${person} ${turn}`, person })) });

/** The root by the definition of RFC 6962 (2.1), base64. */
const rootOf = (leaves: readonly Uint8Array[]): string => Buffer.from(rootBytes(leaves)).toString("base64");
function rootBytes(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length < 2)
    return leaves.length === 0 ? sha256TreeHash.empty : sha256TreeHash.leaf(leaves[0] as Uint8Array);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256TreeHash.node(rootBytes(leaves.slice(0, split)), rootBytes(leaves.slice(split)));
}

/** What a checkpoint of this size must say, from the feed and the entries alone. */
async function expectedAt(size: number) {
  const runs = (await readFeed(ledger.sql, 0, 10_000)).filter((row) => row.position < size).flatMap((row) => row.runs);
  const hashes = await readRunHashes(ledger.sql, runs);
  const heads = new Map<string, { sequence: number; hash: string }>();
  let at = 0;
  for (const { practitionerId, firstSequence, entryCount } of runs) {
    at += entryCount;
    const hash = Buffer.from(hashes[at - 1] ?? []).toString("hex");
    heads.set(practitionerId, { sequence: firstSequence + entryCount - 1, hash });
  }
  const leaves = [...heads].sort().map(([practitionerId, head]) => Buffer.from(headLeaf({ practitionerId, ...head })));
  return { origin: "ledger.example/xueshi", size, root: rootOf(hashes), heads: heads.size, headsRoot: rootOf(leaves) };
}

it("states feed and heads of an empty ledger, and of one with postings, which it numbers first", async () => {
  const empty = rootOf([]);
  const first = await signCheckpoint(context);
  expect(parseCheckpoint(openNote(first.note, context.signer.verifierKey) ?? "")).toEqual({
    ...{ origin: "ledger.example/xueshi", size: 0, root: empty, heads: 0, headsRoot: empty },
  });
  await postBatch(ledger.context, await batchOf(1, ["wang", "li", "zhao"]));
  await postBatch(ledger.context, await batchOf(2, ["li"]));
  const second = await signCheckpoint(context);
  expect(parseCheckpoint(openNote(second.note, context.signer.verifierKey) ?? "")).toEqual(await expectedAt(7));
  // Nothing was posted since: the same one again.
  ledger.clock.advance(1_000);
  expect(await signCheckpoint(context)).toEqual(second);
  expect(await readCheckpoints(ledger.sql, null, 10)).toEqual([second, first]);
});

it("speaks of the same postings in both roots while others post, number and sign", async () => {
  const people = Array.from({ length: 7 }, (_, index) => `person ${index}`);
  const batches: string[] = [];
  for (let turn = 0; turn < 18; turn += 1) batches.push(await batchOf(turn, people.slice(turn % 5, (turn % 5) + 3)));
  // Nothing of this needs to be tried again, so many at once are no reason to fail.
  for (let wave = 0; wave < batches.length; wave += 3) {
    const posts = batches.slice(wave, wave + 3).map((batchId) => postBatch(ledger.context, batchId));
    await Promise.all([signCheckpoint(context), ...posts, numberPostings(context), signCheckpoint(context)]);
  }
  await signCheckpoint(context);
  const signed = await readCheckpoints(ledger.sql, null, 100);
  expect(signed.length).toBeGreaterThan(4);
  expect(new Set(signed.map(({ size }) => size)).size).toBe(signed.length);
  for (const { size, note } of signed) {
    expect(parseCheckpoint(openNote(note, context.signer.verifierKey) ?? "")).toEqual(await expectedAt(size));
  }
});

it("waits for a round of numbering that began first, and need not be tried again after it", async () => {
  await postBatch(ledger.context, await batchOf(1, ["wang"]));
  const other = ledger.contextAt(await ledger.database.urlAs("ledger"), 1).sql;
  const otherPid = await backendOf(other);
  const release = Promise.withResolvers<void>();
  let round: Promise<number> = Promise.resolve(0);
  let transactions = 0;
  const begin = async (...args: Parameters<Sql["begin"]>) => {
    transactions += 1;
    if (transactions === 2) await beginRound();
    return context.sql.begin(...args);
  };
  /** Just before the checkpoint's own transaction another sequencer finds a new posting. */
  async function beginRound(): Promise<void> {
    await postBatch(ledger.context, await batchOf(2, ["wang"]));
    const isHeld = Promise.withResolvers<void>();
    round = other.begin(async (tx) => {
      const size = await lockFeed(tx, "skip");
      isHeld.resolve();
      await release.promise;
      return numberWaiting(tx, size ?? 0, sha256TreeHash, ledger.clock());
    });
    await isHeld.promise;
  }
  const signing = signCheckpoint({ ...context, sql: Object.assign(Object.create(context.sql), { begin }) as Sql });
  await waitUntilBlocked(ledger.sql, otherPid);
  release.resolve();
  expect([await round, (await signing).size, transactions]).toEqual([1, 3, 2]);
});

it("is signed by nobody when the tree does not begin with what the newest one covers", async () => {
  await postBatch(ledger.context, await batchOf(1, ["wang", "li"]));
  const kept = await signCheckpoint(context);
  await postBatch(ledger.context, await batchOf(2, ["zhao"]));
  await ledger.sql`UPDATE ledger.tree_tile SET hashes = overlay(hashes PLACING decode(repeat('ab', 32), 'hex') FROM 33)`;
  await expect(signCheckpoint(context)).rejects.toThrow("run the verification");
  expect(await readCheckpoints(ledger.sql, null, 10)).toEqual([kept]);
  // Entries that are gone from the feed, with their tree.
  await ledger.sql`UPDATE ledger.feed_head SET size = 2`;
  await expect(signCheckpoint(context)).rejects.toThrow("run the verification");
});
