import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connect,
  type IdentityClaim,
  lockIdentities,
  readIdentities,
  type Sql,
  type Transaction,
  updateIdentities,
} from "../index.ts";
import { backendOf, createTestDatabase, type TestDatabase, waitUntilBlocked } from "../testing/index.ts";

let database: TestDatabase;
let observer: Sql;
let first: Sql;
let second: Sql;
let many: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  const url = await database.urlAs("ingestion");
  const open = (connectionsMax: number, at = url) =>
    connect({ url: at, connectionsMax, applicationName: "identities" });
  [observer, first, second, many] = [open(1, database.url), open(1), open(1), open(4)];
});

afterAll(async () => {
  await Promise.all([observer, first, second, many].map((sql) => sql.end({ timeout: 5 })));
  await database.drop();
});

const idOf = (index: number) => `${String(index).padStart(8, "0")}-0000-8000-8000-000000000000`;
const claim = (index: number, changes: Partial<IdentityClaim> = {}): IdentityClaim => ({
  practitionerId: idOf(index),
  nameDigest: "aa".repeat(32),
  nameVariantDigest: null,
  claimedAtMs: 1_000,
  claimSource: "quzhou-city",
  claimRecordId: "QZ1",
  seal: { wrappedKey: Buffer.from("key"), sealed: Buffer.from("sealed") },
  ...changes,
});

/** A transaction that has locked its people and keeps them until it is told to go on. */
async function hold(claims: readonly IdentityClaim[], andThen: (tx: Transaction) => Promise<void> = async () => {}) {
  const locked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const ended = first.begin(async (tx) => {
    await lockIdentities(tx, claims);
    locked.resolve();
    await released.promise;
    await andThen(tx);
  });
  ended.catch(locked.reject);
  await locked.promise;
  return { release: released.resolve, ended };
}

test("people who are known already are locked although nothing is updated", async () => {
  await first.begin((tx) => lockIdentities(tx, [claim(1)]));
  const blockerPid = await backendOf(first);
  const order: string[] = [];
  const holder = await hold([claim(1, { nameDigest: "bb".repeat(32) })], async (tx) => {
    await updateIdentities(tx, [claim(1, { nameDigest: "cc".repeat(32), claimedAtMs: 500 })]);
    order.push("first");
  });
  const waiter = second.begin(async (tx) => {
    await lockIdentities(tx, [claim(1, { nameDigest: "dd".repeat(32) })]);
    const [known] = await readIdentities(tx, [idOf(1)]);
    order.push(`second sees ${known?.nameDigest.slice(0, 2)}`);
  });
  await waitUntilBlocked(observer, blockerPid).finally(holder.release);
  await Promise.all([holder.ended, waiter]);
  expect(order).toEqual(["first", "second sees cc"]);
});

test("a person who is new to two batches at once is made by one and seen by the other", async () => {
  const blockerPid = await backendOf(first);
  const holder = await hold([claim(2, { nameDigest: "ab".repeat(32) })]);
  const waiter = second.begin(async (tx) => {
    await lockIdentities(tx, [claim(2, { nameDigest: "cd".repeat(32) })]);
    return readIdentities(tx, [idOf(2)]);
  });
  await waitUntilBlocked(observer, blockerPid).finally(holder.release);
  await holder.ended;
  expect(await waiter).toMatchObject([{ nameDigest: "ab".repeat(32) }]);
});

test("batches that name the same people in any order never deadlock", async () => {
  const people = Array.from({ length: 30 }, (_, index) => claim(100 + index));
  const rounds = Array.from({ length: 24 }, (_, round) => {
    const turned = [...people.slice(round), ...people.slice(0, round)];
    return round % 2 === 0 ? turned : turned.toReversed();
  });
  await Promise.all(rounds.map((claims) => many.begin((tx) => lockIdentities(tx, claims))));
  const [row] = await observer<{ count: number }[]>`
    SELECT count(*) AS count FROM admission.identity WHERE practitioner_id >= ${idOf(100)}`;
  expect(row?.count).toBe(30);
});
