import type { ChangedVerdictsResponse } from "@xueshi/contracts";
import { activateRuleSet, readAccessRows, writeFeed, writeOutbox } from "@xueshi/database";
import { type EntryBody, tombstoneEntry } from "@xueshi/domain";
import { digestText, loadRulebook } from "@xueshi/rulebook";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, person, posting, reversal } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { readEvents } from "../testing/read-events.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

const MINUTE_MS = 60_000;
let api: TestApi;
let operator: string;
let size = 0;
let postings = 0;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  operator = (await api.addKey("operator", "office")).key;
});
afterAll(() => api.close());

/** Posts to someone, and numbers it now; an entry that names the person comes first. Returns the last sequence. */
async function post(someone: Person, bodies: readonly EntryBody[]): Promise<number> {
  const practitionerId = await api.give(someone, bodies);
  const rows = await api.sql<{ sequence: number; hash: string }[]>`
    SELECT sequence, encode(hash, 'hex') AS hash FROM ledger.entry WHERE practitioner_id = ${practitionerId}
    ORDER BY sequence DESC LIMIT ${bodies.length + 1}`;
  const added = rows.toReversed();
  const hashes = added.map(({ hash }) => hash);
  const run = { practitionerId, firstSequence: added[0]?.sequence ?? 1, entryCount: added.length, hashes };
  postings += 1;
  const postingId = `00000000-0000-7000-8000-${String(postings).padStart(12, "0")}`;
  await api.sql.begin(async (tx) => {
    await writeOutbox(tx, { turn: postings, postingId, runs: [run] });
    await writeFeed(tx, [{ turn: postings, postingId, position: size, size: added.length }], api.clock());
  });
  size += added.length;
  return added.at(-1)?.sequence ?? 0;
}

async function keep(someone: Person, request: object = {}): Promise<string> {
  const body = reviewOf(identity(someone), { keep: true });
  const { json } = await api.send("POST", "/v1/checks", { body, ...request });
  expect(json.verdict).toBe("met");
  return json.verdictId;
}

async function changed(since: number, key = api.key): Promise<ChangedVerdictsResponse> {
  const { json, status } = await api.send("GET", `/v1/verdicts/changed?since=${since}`, { key });
  expect(status).toBe(200);
  return json as unknown as ChangedVerdictsResponse;
}

const MET = { verdict: "met", provisional: null, reasons: [] };
const NOT_MET = { verdict: "not_met", provisional: null, reasons: ["requirement_not_met"] };

describe("GET /v1/verdicts/changed", () => {
  test("lists what a correction changes, because of which entries, once a minute has passed", async () => {
    const someone = person(1);
    await post(someone, Object.values(ENOUGH).map(posting));
    const [first, second] = [await keep(someone), await keep(someone)];
    api.clock.advance(MINUTE_MS);
    const before = await changed(0);
    expect(before).toMatchObject({ changes: [], next: size, isAtEnd: true });

    const sequence = await post(someone, [reversal(ENOUGH.last, 6)]);
    expect(await changed(before.next)).toEqual({ ...before, isAtEnd: true });
    api.clock.advance(MINUTE_MS);
    const { changes, next } = await changed(before.next);
    expect(next).toBe(size);
    expect(changes.map((one) => [one.verdictId, one.newest]).toSorted()).toHaveLength(2);
    expect(new Set(changes.map(({ verdictId }) => verdictId))).toEqual(new Set([first, second]));
    expect(changes.filter(({ newest }) => newest)).toHaveLength(1);
    for (const change of changes) {
      expect(change).toMatchObject({ was: MET, now: NOT_MET });
      expect(change.requirements).toEqual([{ id: "total", was: "met", now: "not_met" }]);
      expect(change.because).toEqual({ entries: [sequence - 1, sequence], untilSequence: sequence, rules: [] });
    }
    expect((await changed(next)).changes).toEqual([]);
    const rows = await readAccessRows(api.sql, api.idOf(someone), 50);
    expect(rows.filter(({ purpose }) => purpose === "changed verdicts").length).toBeGreaterThan(0);
  });

  test("lists nothing where the outcome is the same, or is so again", async () => {
    const someone = person(2);
    await post(someone, Object.values(ENOUGH).map(posting));
    await keep(someone);
    const from = size;
    await post(someone, [posting({ id: "more", hours: 5 })]);
    api.clock.advance(MINUTE_MS);
    expect(await changed(from)).toMatchObject({ changes: [], next: size });
    await post(someone, [reversal(ENOUGH.last, 6)]);
    await post(someone, [posting({ ...ENOUGH.last, hours: 1 })]);
    api.clock.advance(MINUTE_MS);
    expect(await changed(from)).toMatchObject({ changes: [], next: size });
  });

  test("tells nothing of somebody who was erased, as what was answered before", async () => {
    const someone = person(6);
    await post(someone, Object.values(ENOUGH).map(posting));
    await keep(someone);
    const from = size;
    await post(someone, [tombstoneEntry("alice+bob", "consent_withdrawn: a law (a letter)")]);
    api.clock.advance(MINUTE_MS);
    expect(await changed(from, operator)).toMatchObject({ changes: [], next: size });
  });

  test("shows a holder its own, whichever key it used, and an operator all of them", async () => {
    const someone = person(3);
    await post(someone, Object.values(ENOUGH).map(posting));
    const other = await api.addKey("declaration-system", "others");
    const [mine, theirs] = [await keep(someone), await keep(someone, { key: other.key })];
    const from = size;
    await post(someone, [reversal(ENOUGH.first, 2)]);
    api.clock.advance(MINUTE_MS);
    const listed = async (key: string) =>
      (await changed(from, key)).changes.map(({ verdictId }) => verdictId).toSorted();
    const exchanged = await api.addKey("declaration-system", "declarations");
    expect(await listed(api.key)).toEqual([mine]);
    expect(await listed(exchanged.key)).toEqual([mine]);
    expect(await listed(other.key)).toEqual([theirs]);
    expect(await listed(operator)).toEqual([mine, theirs].toSorted());
    const nobody = await api.addKey("declaration-system", "nobody");
    expect(await listed(nobody.key)).toEqual([]);
  });

  test("as a stream says each change once a minute has passed, and is resumed behind what was heard", async () => {
    const someone = person(5);
    await post(someone, Object.values(ENOUGH).map(posting));
    const verdictId = await keep(someone);
    api.clock.advance(MINUTE_MS);
    const from = (await changed(0)).next;
    await post(someone, [reversal(ENOUGH.last, 6)]);
    const ended = new AbortController();
    const open = (headers: object = {}) =>
      fetch(`${api.url}/v1/verdicts/changed?since=${from}`, {
        headers: { Authorization: `Bearer ${api.key}`, Accept: "text/event-stream", ...headers },
        signal: ended.signal,
      });
    const frames = readEvents(await open());
    const next = async () => (await frames.next()).value;
    const { rules } = await changed(from);
    await next();
    expect(await next()).toMatchObject({ event: "rules", data: JSON.stringify({ rules }) });
    // Held back as yet.
    expect(await next()).toMatchObject({ id: String(from), event: null });
    api.clock.advance(MINUTE_MS);
    const said: string[] = [];
    let id: string | null = null;
    while (id !== String(size)) {
      const frame = await next();
      if (frame?.event === "verdict") said.push(frame.data ?? "");
      id = frame?.id ?? null;
    }
    expect(said.map((one) => JSON.parse(one))).toEqual((await changed(from)).changes);
    expect(said.map((one) => JSON.parse(one).verdictId)).toEqual([verdictId]);

    const again = readEvents(await open({ "Last-Event-ID": String(size) }));
    const heard: (string | null)[] = [];
    for (let frame = (await again.next()).value; frame?.id == null; frame = (await again.next()).value) {
      heard.push(frame?.event ?? null);
    }
    expect(heard).toEqual([null, "rules"]);
    const without = await api.addKey("declaration-system", "declarations", ["checks:write"]);
    expect((await open({ Authorization: `Bearer ${without.key}` })).status).toBe(403);
    ended.abort();
  });

  test("looks again from the beginning after rules were activated, and says so by their digest", async () => {
    const someone = person(4);
    await post(someone, Object.values(ENOUGH).map(posting));
    const verdictId = await keep(someone);
    api.clock.advance(MINUTE_MS);
    const before = await changed(0);
    const text = (loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020")?.text ?? "")
      .replace('version: "2"', 'version: "3"')
      .replaceAll("hours: 180", "hours: 190");
    const activation = {
      ruleSetId: "quzhou-2020",
      activatedAtMs: api.clock(),
      digest: digestText(text),
      fullText: text,
    };
    await activateRuleSet(api.sql, { ...activation, activatedBy: "test" });
    await expect.poll(async () => (await changed(0)).rules).not.toBe(before.rules);
    const change = (await changed(0)).changes.find((one) => one.verdictId === verdictId);
    expect(change).toMatchObject({
      was: MET,
      now: NOT_MET,
      requirements: [{ id: "total", was: "met", now: "not_met" }],
    });
    expect(change?.because).toEqual({
      entries: [],
      untilSequence: 6,
      rules: [{ id: "quzhou-2020", version: "3", digest: digestText(text) }],
    });
  });

  test("is no way around scopes and bounds", async () => {
    const get = (query: string, request: object = {}) => api.send("GET", `/v1/verdicts/changed${query}`, request);
    const without = await api.addKey("declaration-system", "declarations", ["checks:write"]);
    expect((await get("", { key: without.key })).json.code).toBe("scope_missing");
    expect((await get("", { key: null })).status).toBe(401);
    expect((await get("?since=-1")).json.code).toBe("validation_failed");
    expect((await get("?until=1")).json.code).toBe("validation_failed");
    expect((await changed(10 ** 9)).changes).toEqual([]);
  });
});
