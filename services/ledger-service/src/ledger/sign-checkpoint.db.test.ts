import { readCheckpoints, readFeed, readRunHashes } from "@xueshi/database";
import { headLeaf, parseCheckpoint } from "@xueshi/domain";
import { createNoteSigner, openNote, sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openTestLedger, type TestLedger } from "../testing/test-ledger.ts";
import { numberPostings } from "./number-postings.ts";
import { postBatch } from "./post-batch.ts";
import { type CheckpointContext, signCheckpoint } from "./sign-checkpoint.ts";

let ledger: TestLedger;
let context: CheckpointContext;
beforeAll(async () => {
  ledger = await openTestLedger();
  const { sql, clock } = ledger.context;
  const origin = "ledger.example/xueshi";
  const signer = createNoteSigner(origin, Buffer.alloc(32, 7));
  context = { sql, clock, treeHash: sha256TreeHash, origin, signer };
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

it("speaks of the same postings in both roots while others post and number", async () => {
  const people = Array.from({ length: 7 }, (_, index) => `person ${index}`);
  const batches: string[] = [];
  for (let turn = 0; turn < 18; turn += 1) batches.push(await batchOf(turn, people.slice(turn % 5, (turn % 5) + 3)));
  let isPosting = true;
  const signing = (async () => {
    while (isPosting) await Promise.all([signCheckpoint(context), numberPostings(context)]);
  })();
  await Promise.all(batches.map((batchId) => postBatch(ledger.context, batchId)));
  isPosting = false;
  await signing;
  await signCheckpoint(context);
  const signed = await readCheckpoints(ledger.sql, null, 100);
  expect(signed.length).toBeGreaterThan(2);
  for (const { size, note } of signed) {
    expect(parseCheckpoint(openNote(note, context.signer.verifierKey) ?? "")).toEqual(await expectedAt(size));
  }
});
