import type { FeedResponse, Problem } from "@xueshi/contracts";
import { writeFeed, writeOutbox } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { readEvents } from "../testing/read-events.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const DAY_MS = 86_400_000;
let api: TestApi;
let operator: string;
let size = 0;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync", feedRetentionDays: 30 });
  operator = (await api.addKey("operator", "li")).key;
  await grow(1, ["quzhou-city", "zj-industry"]);
});
afterAll(() => api.close());

/** Someone new with a record on each platform, numbered a while ago; the identity comes first. */
async function grow(nth: number, platforms: readonly string[], numberedAtMs = NOW_MS): Promise<string> {
  const records = platforms.map((platform) => posting({ id: `${nth} ${platform}`, hours: 1, platform }));
  const practitionerId = await api.give(person(nth), records);
  const rows = await api.sql<{ hash: string }[]>`
    SELECT encode(hash, 'hex') AS hash FROM ledger.entry WHERE practitioner_id = ${practitionerId} ORDER BY sequence`;
  const run = { practitionerId, firstSequence: 1, entryCount: rows.length, hashes: rows.map(({ hash }) => hash) };
  const postingId = `00000000-0000-7000-8000-${String(nth).padStart(12, "0")}`;
  await api.sql.begin(async (tx) => {
    await writeOutbox(tx, { turn: nth, postingId, runs: [run] });
    await writeFeed(tx, [{ turn: nth, postingId, position: size, size: rows.length }], numberedAtMs);
  });
  size += records.length + 1;
  return practitionerId;
}

function open(key: string, headers: Readonly<Record<string, string>> = {}, query = "", ended = new AbortController()) {
  const given = { Authorization: `Bearer ${key}`, Accept: "text/event-stream", ...headers };
  return fetch(`${api.url}/v1/feed${query}`, { headers: given, signal: ended.signal });
}

/** What a stream says until an id has come, and the ids; it is then closed. */
async function until(id: string, key: string, headers: Readonly<Record<string, string>> = {}, query = "") {
  const ended = new AbortController();
  const response = await open(key, headers, query, ended);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const entries: FeedResponse["entries"][number][] = [];
  const ids: string[] = [];
  for await (const frame of readEvents(response)) {
    if (frame.event === "entry") {
      entries.push(JSON.parse(frame.data ?? ""));
      expect(frame.id).toBe(String((entries.at(-1)?.position ?? 0) + 1));
    }
    if (frame.id !== null) ids.push(frame.id);
    if (frame.id === id) break;
  }
  ended.abort();
  return { entries, ids };
}
const feed = async (key: string, query = "") =>
  (await api.send("GET", `/v1/feed${query}`, { key })).json as unknown as FeedResponse;

describe("GET /v1/feed as events", () => {
  test("says what the pages say, and goes on as the feed grows", async () => {
    const ended = new AbortController();
    const response = await open(operator, {}, "?limit=2", ended);
    const frames = readEvents(response);
    const entries: unknown[] = [];
    const take = async (count: number) => {
      while (entries.length < count) {
        const { value } = await frames.next();
        if (value?.event === "entry") entries.push(JSON.parse(value.data ?? ""));
      }
    };
    await take(size);
    expect(entries).toEqual((await feed(operator)).entries);
    await grow(2, ["quzhou-city"]);
    await take(size);
    expect(entries).toEqual((await feed(operator)).entries);
    ended.abort();
  });

  test("is resumed by the last id, whatever the address says", async () => {
    const whole = (await feed(operator)).entries;
    for (const id of [0, 1, 3]) {
      const { entries } = await until(
        String(size),
        operator,
        id === 0 ? {} : { "Last-Event-ID": String(id) },
        "?from=0",
      );
      expect(entries).toEqual(whole.slice(id));
    }
    const broken = await open(operator, { "Last-Event-ID": "x" });
    expect([broken.status, ((await broken.json()) as Problem).errors?.[0]]).toMatchObject([
      422,
      { path: "Last-Event-ID" },
    ]);
  });

  test("shows each reader its own, and moves the id over the rest", async () => {
    const { key } = await api.addKey("source", "zj-industry");
    const { entries, ids } = await until(String(size), key);
    expect(entries).toEqual((await feed(key)).entries);
    expect(entries.map(({ source }) => source)).toEqual(["zj-industry"]);
    expect(ids.at(-1)).toBe(String(size));
    const nobody = await api.addKey("declaration-system", "another");
    expect((await until(String(size), nobody.key)).entries).toEqual([]);
    const without = await api.addKey("operator", "wang", ["reviews:read"]);
    expect((await open(without.key)).status).toBe(403);
  });

  test("notes every person in it as read", async () => {
    const id = await grow(3, ["quzhou-city"]);
    const reader = await api.addKey("operator", "zhao");
    await until(String(size), reader.key);
    const rows = await api.sql`
      SELECT purpose FROM verdict.access_log WHERE practitioner_id = ${id} AND key_id = ${reader.keyId}`;
    expect(rows.map(({ purpose }) => purpose)).toEqual(["feed"]);
  });

  test("is open four times for one key, and again once one is closed", async () => {
    const { key } = await api.addKey("operator", "many");
    const streams = [1, 2, 3, 4].map(() => new AbortController());
    for (const ended of streams) expect((await open(key, {}, "", ended)).status).toBe(200);
    const fifth = await open(key);
    expect([fifth.status, fifth.headers.get("retry-after"), ((await fifth.json()) as Problem).code]).toEqual([
      ...[429, "5", "feed_streams_too_many"],
    ]);
    const other = new AbortController();
    expect((await open(operator, {}, "", other)).status).toBe(200);
    other.abort();
    streams[0]?.abort();
    const again = new AbortController();
    await expect.poll(async () => (await open(key, {}, "", again)).status).toBe(200);
    for (const ended of [...streams, again]) ended.abort();
  });
});

describe("retention", () => {
  test("what is older is not served, and nothing of it is gone", async () => {
    api.clock.advance(31 * DAY_MS);
    await grow(4, ["quzhou-city"], api.clock() - 30 * DAY_MS);
    await grow(5, ["quzhou-city"], api.clock());
    const oldest = size - 4;
    const now = await feed(operator);
    expect(now).toMatchObject({ oldest, next: size, isAtEnd: true });
    expect(now.entries.map(({ position }) => position)).toEqual([oldest, oldest + 1, oldest + 2, oldest + 3]);
    const expired = await api.send("GET", `/v1/feed?from=${oldest - 1}`, { key: operator });
    expect([expired.status, expired.json.code]).toEqual([410, "feed_position_expired"]);
    expect((await open(operator, { "Last-Event-ID": String(oldest - 1) })).status).toBe(410);
    expect((await until(String(size), operator)).entries).toEqual(now.entries);
    const [row] = await api.sql`SELECT count(*)::int AS rows FROM ledger.feed`;
    expect(row).toEqual({ rows: 5 });
    api.clock.advance(DAY_MS);
    expect(await feed(operator)).toMatchObject({ oldest: size - 2 });
    api.clock.advance(31 * DAY_MS);
    expect(await feed(operator)).toEqual({ entries: [], next: size, oldest: size, isAtEnd: true });
  });
});

test("streams end when the service does, and it does not wait for them", async () => {
  const response = await open(operator);
  const frames = readEvents(response);
  await frames.next();
  await api.stop();
  const rest: unknown[] = [];
  for await (const frame of frames) rest.push(frame.event);
  expect(rest).not.toContain("problem");
});
