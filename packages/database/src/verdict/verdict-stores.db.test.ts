import { AS_REGISTERED, type Balance } from "@xueshi/domain";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addToBalances,
  connect,
  lockHeads,
  readAccessRows,
  readApiKey,
  readBalancePage,
  readKeptVerdict,
  readKeyHolder,
  readPlatformMarksAfter,
  type Sql,
  writeAccessRows,
  writeApiKey,
  writeHeads,
  writeKeptVerdicts,
  writePlatformMark,
} from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

const PERSON = "11111111-1111-8111-8111-111111111111";
const OTHER = "22222222-2222-8222-8222-222222222222";
const KEY = "33333333-3333-8333-8333-333333333333";
const NOW_MS = Date.parse("2020-07-31T04:00:00.123Z");

let database: TestDatabase;
let owner: Sql;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  sql = connect({ url: await database.urlAs("query"), connectionsMax: 1, applicationName: "test" });
});

afterAll(async () => {
  await Promise.all([owner.end(), sql.end()]);
  await database.drop();
});

const access = (accessId: string, accessedAtMs: number) => ({
  practitionerId: PERSON,
  accessedAtMs,
  accessId,
  keyId: KEY,
  purpose: "check",
  requestId: "request-1",
});

test("an access row that is written twice, as after a lost reply, is there once", async () => {
  const first = access("44444444-4444-8444-8444-444444444441", NOW_MS);
  const second = access("44444444-4444-8444-8444-444444444442", NOW_MS + 1);
  await writeAccessRows(sql, []);
  await writeAccessRows(sql, [first]);
  await writeAccessRows(sql, [first, second]);
  expect(await readAccessRows(sql, PERSON, 10)).toEqual([second, first]);
  expect(await readAccessRows(sql, OTHER, 10)).toEqual([]);
});

test("a kept verdict comes back byte for byte, and only under its own person", async () => {
  const kept = {
    practitionerId: PERSON,
    verdictId: "v1",
    keptAtMs: NOW_MS,
    keyId: KEY,
    answer: '{"verdict":"met", "名":"一\\u0000"}',
    decision: "{}",
    seal: "5e".repeat(32),
  };
  await writeKeptVerdicts(sql, []);
  await writeKeptVerdicts(sql, [kept, { ...kept, verdictId: "v2", seal: null }]);
  expect(await readKeptVerdict(sql, PERSON, "v1")).toEqual(kept);
  expect(await readKeptVerdict(sql, PERSON, "v2")).toEqual({ ...kept, verdictId: "v2", seal: null });
  expect(await readKeptVerdict(sql, OTHER, "v1")).toBeNull();
  await expect(sql`UPDATE verdict.kept_verdict SET answer = ''`).rejects.toMatchObject({ code: "42501" });
  await expect(owner`DELETE FROM verdict.kept_verdict`).rejects.toThrow(/append-only/);
});

test("the holder of a key is known after the key was revoked", async () => {
  const key = { keyId: KEY, kind: "declaration-system", name: "declarations", scopes: ["checks:write"] };
  await writeApiKey(owner, { ...key, keyDigest: "00".repeat(32), createdAtMs: NOW_MS });
  await owner`UPDATE access.api_key SET revoked_at = now()`;
  expect(await readKeyHolder(sql, KEY)).toEqual({ kind: "declaration-system", name: "declarations" });
  expect(await readKeyHolder(sql, OTHER)).toBeNull();
});

test("a key that is added again, as by every start, is the same with the scopes of today", async () => {
  const key = { keyId: PERSON, kind: "operator", name: "demo", scopes: ["batches:read"], keyDigest: "11".repeat(32) };
  await writeApiKey(owner, { ...key, createdAtMs: NOW_MS });
  await writeApiKey(owner, { ...key, createdAtMs: NOW_MS });
  await writeApiKey(owner, { ...key, keyId: OTHER, scopes: ["batches:read", "feed:read"], createdAtMs: NOW_MS + 1 });
  expect(await readApiKey(sql, key.keyDigest)).toEqual({
    ...{ keyId: PERSON, kind: "operator", name: "demo", scopes: ["batches:read", "feed:read"] },
  });
});

test("marks after an instant, with the pulls they belong to", async () => {
  await owner.begin(async (tx) => {
    const mark = { platform: "quzhou-city", outcome: "complete", completeUntilMs: NOW_MS - 5 };
    await writePlatformMark(tx, { ...mark, pullId: PERSON, recordedAtMs: NOW_MS });
    await writePlatformMark(tx, { ...mark, pullId: OTHER, recordedAtMs: NOW_MS + 1 });
  });
  const marks = await readPlatformMarksAfter(sql, NOW_MS);
  expect(marks.map(({ pullId }) => pullId)).toEqual([OTHER]);
  expect(await readPlatformMarksAfter(sql, 0)).toHaveLength(2);
});

test("balances come in pages with the end of the chain; a person without entries has no cut", async () => {
  const balance = (attributedYear: number, hoursHundredths: number): Balance => ({
    practitionerId: PERSON,
    platform: "quzhou-city",
    recognition: AS_REGISTERED,
    attributedYear,
    subject: "professional",
    pathway: "",
    hoursHundredths,
  });
  await owner.begin(async (tx) => {
    const head = (await lockHeads(tx, [PERSON])).get(PERSON);
    if (head === undefined) throw new Error("the head was not made");
    await writeHeads(tx, [{ ...head, sequence: 3, hash: "ab".repeat(32), recordedAtMs: NOW_MS }]);
  });
  const cut = { sequence: 3, head: "ab".repeat(32) };
  expect(await readBalancePage(sql, { practitionerId: PERSON, after: null, limit: 5 })).toEqual({ balances: [], cut });

  await owner.begin((tx) => addToBalances(tx, [balance(2018, 100), balance(2019, 250), balance(2020, 50)]));
  const first = await readBalancePage(sql, { practitionerId: PERSON, after: null, limit: 2 });
  expect(first).toEqual({ balances: [balance(2018, 100), balance(2019, 250)], cut });
  const after = first.balances.at(-1) ?? null;
  const second = await readBalancePage(sql, { practitionerId: PERSON, after, limit: 2 });
  expect(second.balances).toEqual([balance(2020, 50)]);
  const nobody = await readBalancePage(sql, { practitionerId: OTHER, after: null, limit: 2 });
  expect(nobody).toEqual({ balances: [], cut: null });
});
