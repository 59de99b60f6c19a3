import { randomBytes } from "node:crypto";
import { stateInstallation, writeApiKey } from "@xueshi/database";
import { createApiKey } from "@xueshi/http";
import { startQueryApi } from "@xueshi/query-api";
import { sha256TreeHash } from "@xueshi/vault";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { numberPostings } from "../../services/ledger-service/src/ledger/number-postings.ts";
import { readEvents } from "../../services/query-api/src/testing/read-events.ts";
import { checkDigit } from "../oracle/values.ts";
import { checkProperty } from "./check-property.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

const PEOPLE = Array.from({ length: 6 }, (_, nth) => {
  const first17 = `3308991980030800${nth}`;
  return { idType: "resident-id", idNumber: `${first17}${checkDigit(first17)}`, name: `王小${"一二三四五六"[nth]}` };
});
const SOURCE = "demo-training";

let world: LedgerWorld;
let service: Awaited<ReturnType<typeof startQueryApi>>;
const { key, keyHash } = createApiKey("operator", randomBytes);
beforeAll(async () => {
  world = await openLedgerWorld();
  const { clock, newId, logger, vault } = world.ingestion;
  await stateInstallation(world.owner, vault.fingerprint, clock());
  const holder = { kind: "operator", name: "reader", scopes: ["feed:read"], createdAtMs: clock() };
  await writeApiKey(world.owner, { keyId: newId(), keyDigest: keyHash, ...holder });
  service = await startQueryApi({
    ...{ databaseUrl: world.queryUrl, host: "127.0.0.1", port: 0, clock, newId, logger, accessLog: "group" },
    keys: world.keys,
  });
});
afterAll(async () => {
  await service.close();
  await world.close();
});

/** One writer's batches: how many records each has, and of whom. */
const writers = fc.array(
  fc.array(fc.array(fc.nat(PEOPLE.length - 1), { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 8 }),
  { minLength: 3, maxLength: 4 },
);
/** After how many frames the reader's connection breaks, time after time. */
const breaks = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 });

/** Pushes and posts batch after batch, while the others do the same to the same people. */
async function write(writer: number, batches: readonly (readonly number[])[]): Promise<void> {
  for (const [nth, people] of batches.entries()) {
    const receivedAtMs = world.clock();
    const records = people.map((one, index) => ({
      ...{ recordId: `${writer} ${nth} ${index}`, practitioner: PEOPLE[one], title: `课程 ${writer} ${nth} ${index}` },
      ...{ hours: 1, subject: "professional", obtainedOn: "2020-03-02", status: "final" },
    }));
    await world.push(SOURCE, records as never, receivedAtMs);
    for (const batchId of await world.unposted()) await world.post(batchId);
  }
}

/** Numbers what is committed until told to stop and nothing waits; several do so at once. */
async function sequence(isDone: () => boolean): Promise<void> {
  const { sql } = world.posting;
  for (;;) {
    const wasDone = isDone();
    const numbered = await numberPostings({ sql, clock: world.clock, treeHash: sha256TreeHash });
    if (numbered === 0 && wasDone) return;
    if (numbered === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const headers = { Authorization: `Bearer ${key}` };

/** Reads the stream from its beginning, comes back with the last id whenever the connection broke, until the end is known. */
async function read(frames: readonly number[], isOver: (from: number) => boolean): Promise<string[]> {
  const seen: string[] = [];
  let lastId = "0";
  for (let connection = 0; !isOver(Number(lastId)); connection += 1) {
    const ended = new AbortController();
    const given = { ...headers, Accept: "text/event-stream", "Last-Event-ID": lastId };
    const response = await fetch(`${service.url}/v1/feed?limit=3`, { headers: given, signal: ended.signal });
    if (response.status === 429) {
      await response.arrayBuffer();
      continue;
    }
    expect(response.status).toBe(200);
    let left = frames[connection % frames.length] ?? 1;
    for await (const { id, event, data } of readEvents(response)) {
      if (event === "entry") seen.push(briefOf(JSON.parse(data ?? "")));
      if (id !== null) lastId = id;
      left -= 1;
      if (left === 0 || isOver(Number(lastId))) break;
    }
    ended.abort();
  }
  return seen;
}

const briefOf = (entry: { position: number; practitionerId: string; sequence: number; hash: string }) =>
  `${entry.position} ${entry.practitionerId} ${entry.sequence} ${entry.hash}`;

async function readWhole(): Promise<string[]> {
  const entries: string[] = [];
  for (let from = 0; ; ) {
    const page = await fetch(`${service.url}/v1/feed?limit=50&from=${from}`, { headers });
    const answer = (await page.json()) as { entries: Parameters<typeof briefOf>[0][]; next: number; isAtEnd: boolean };
    entries.push(...answer.entries.map(briefOf));
    if (answer.isAtEnd) return entries;
    from = answer.next;
  }
}

test("a stream that breaks at random while many write shows exactly the feed, without gaps and in order", async () => {
  let reconnected = 0;
  await checkProperty(
    fc.asyncProperty(writers, breaks, async (batches, frames) => {
      await world.reset([]);
      let isWritten = false;
      let size: number | null = null;
      const writing = Promise.all(batches.map((one, writer) => write(writer, one))).then(() => {
        isWritten = true;
      });
      const numbering = Promise.all([sequence(() => isWritten), sequence(() => isWritten)]).then(async () => {
        const [row] = await world.owner<{ size: number }[]>`SELECT size FROM ledger.feed_head`;
        size = row?.size ?? 0;
      });
      const reading = read(frames, (from) => size !== null && from >= size);
      const [seen] = await Promise.all([reading, writing, numbering]);
      const whole = await readWhole();
      expect(seen).toEqual(whole);
      expect(whole.map((one) => Number(one.split(" ")[0]))).toEqual(whole.map((_, position) => position));
      const [chains] = await world.owner<{ entries: number }[]>`SELECT count(*)::int AS entries FROM ledger.entry`;
      expect(whole).toHaveLength(chains?.entries ?? -1);
      if (whole.length > Math.max(...frames)) reconnected += 1;
    }),
    4,
  );
  expect(reconnected).toBeGreaterThan(0);
});
