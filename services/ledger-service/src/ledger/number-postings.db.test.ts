import { readFeed, readFeedSize, readTiles, readWaiting, readWaitingCount, writeFeed } from "@xueshi/database";
import { hashRanges, tilesOfRanges } from "@xueshi/domain";
import { sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestLedger, personId, type TestLedger } from "../testing/test-ledger.ts";
import { numberPostings } from "./number-postings.ts";
import { postBatch } from "./post-batch.ts";

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
});
beforeEach(() => ledger.empty());
afterAll(() => ledger.close());

const number = (): Promise<number> => numberPostings({ ...ledger.context, treeHash: sha256TreeHash });
async function numberAll(): Promise<void> {
  while ((await number()) > 0);
}

/** The feed entry by entry, as `person sequence`, with the hash of each. */
async function readAll(): Promise<{ entries: string[]; hashes: Uint8Array[] }> {
  const rows = await readFeed(ledger.sql, 0, 10_000);
  let position = 0;
  const entries: string[] = [];
  for (const row of rows) {
    expect(row.position).toBe(position);
    position += row.size;
    for (const { practitionerId, firstSequence, entryCount } of row.runs) {
      for (let nth = 0; nth < entryCount; nth += 1) entries.push(`${practitionerId} ${firstSequence + nth}`);
    }
  }
  expect(await readFeedSize(ledger.sql)).toBe(position);
  const known = await ledger.sql<{ key: string; hash: Uint8Array }[]>`
    SELECT practitioner_id || ' ' || sequence AS key, hash FROM ledger.entry`;
  const hashes = new Map(known.map(({ key, hash }) => [key, hash]));
  return { entries, hashes: entries.map((key) => hashes.get(key) as Uint8Array) };
}

/** The root by the definition of RFC 6962 (2.1). */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length < 2)
    return leaves.length === 0 ? sha256TreeHash.empty : sha256TreeHash.leaf(leaves[0] as Uint8Array);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256TreeHash.node(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

async function storedRoot(size: number): Promise<string> {
  const ranges = [{ from: 0, until: size }];
  const [root] = hashRanges(ranges, await readTiles(ledger.sql, tilesOfRanges(ranges)), sha256TreeHash);
  return Buffer.from(root ?? []).toString("hex");
}

/** Everything is numbered once, nobody's later entry stands before an earlier one, and the tree is that of the feed. */
async function expectWhole(): Promise<void> {
  expect(await readWaitingCount(ledger.sql)).toBe(0);
  const { entries, hashes } = await readAll();
  const [row] = await ledger.sql<{ count: number }[]>`SELECT count(*)::int AS count FROM ledger.entry`;
  expect(entries).toHaveLength(row?.count ?? 0);
  const last = new Map<string, number>();
  for (const entry of entries) {
    const [person = "", sequence] = entry.split(" ");
    expect(Number(sequence)).toBe((last.get(person) ?? 0) + 1);
    last.set(person, Number(sequence));
  }
  expect(await storedRoot(hashes.length)).toBe(Buffer.from(rootOf(hashes)).toString("hex"));
}

const batchOf = (turn: number, people: readonly string[]) =>
  ledger.store({ versions: people.map((person) => ({ recordId: `${person} ${turn}`, person })) });

describe("numbering", () => {
  it("does nothing where nothing waits", async () => {
    expect(await number()).toBe(0);
    expect(await readFeedSize(ledger.sql)).toBe(0);
  });

  it("gives each posting one place for ever, people in order of their ids", async () => {
    await postBatch(ledger.context, await batchOf(1, ["wang", "li"]));
    expect(await number()).toBe(1);
    const first = await readFeed(ledger.sql, 0, 10);
    const people = [personId("wang"), personId("li")].sort();
    expect(first).toMatchObject([
      {
        position: 0,
        size: 4,
        runs: people.map((practitionerId) => ({ practitionerId, firstSequence: 1, entryCount: 2 })),
      },
    ]);
    await postBatch(ledger.context, await batchOf(2, ["li", "zhao"]));
    expect([await number(), await number()]).toEqual([1, 0]);
    const rows = await readFeed(ledger.sql, 0, 10);
    expect(rows.map(({ position, size }) => [position, size])).toEqual([
      [0, 4],
      [4, 3],
    ]);
    expect(rows[0]).toEqual(first[0]);
    // From the middle of a posting its row is read, from behind it the next one; none that begins where the range ends.
    const positions = async (from: number, until: number) =>
      (await readFeed(ledger.sql, from, until)).map(({ position }) => position);
    expect(await positions(3, 10)).toEqual([0, 4]);
    expect(await positions(4, 10)).toEqual([4]);
    expect(await positions(1, 4)).toEqual([0]);
    expect(await positions(1, 5)).toEqual([0, 4]);
    await expectWhole();
  });

  it("shows no posting before one that it follows, though that one's clock was ahead", async () => {
    const ahead = { ...ledger.context, clock: () => ledger.clock() + 86_400_000 };
    await postBatch(ahead, await batchOf(1, ["wang"]));
    await postBatch(ledger.context, await batchOf(2, ["wang", "li"]));
    await postBatch(ledger.context, await batchOf(3, ["li", "zhao"]));
    await postBatch(ledger.context, await batchOf(4, ["sun"]));
    await numberAll();
    await expectWhole();
  });

  it("skips and repeats nothing while many post and several number at once", async () => {
    const people = Array.from({ length: 9 }, (_, index) => `person ${index}`);
    const batches: string[] = [];
    for (let turn = 0; turn < 24; turn += 1) {
      const from = (turn * 5) % people.length;
      batches.push(await batchOf(turn, [...people.slice(from), ...people.slice(0, from)].slice(0, 1 + (turn % 4))));
    }
    const seen: string[] = [];
    let isPosting = true;
    const reading = (async () => {
      while (isPosting) {
        await Promise.all([number(), number()]);
        const { entries } = await readAll();
        expect(entries.slice(0, seen.length)).toEqual(seen);
        seen.splice(0, seen.length, ...entries);
      }
    })();
    await Promise.all(batches.map((batchId) => postBatch(ledger.context, batchId)));
    isPosting = false;
    await reading;
    await numberAll();
    await expectWhole();
    expect((await readAll()).entries.slice(0, seen.length)).toEqual(seen);
  });

  it("gives no positions for a posting that does not wait any more", async () => {
    await postBatch(ledger.context, await batchOf(1, ["wang"]));
    const { sql, clock } = ledger.context;
    await sql.begin(async (tx) => {
      const [posting] = await readWaiting(tx, 1);
      if (posting === undefined) throw new Error("nothing waits");
      const rows = [{ ...posting, position: 0, size: 2 }];
      await writeFeed(tx, rows, clock());
      await tx.savepoint((again) => writeFeed(again, [{ ...posting, position: 2, size: 2 }], clock())).catch(() => {});
    });
    expect(await readFeedSize(ledger.sql)).toBe(2);
  });

  it("numbers nothing of a posting that has not a hash for each of its entries", async () => {
    await postBatch(ledger.context, await batchOf(1, ["wang"]));
    await ledger.sql`UPDATE ledger.outbox SET hashes = substring(hashes FROM 33)`;
    await expect(number()).rejects.toThrow("not as many hashes as entries");
    expect(await readFeedSize(ledger.sql)).toBe(0);
  });
});
