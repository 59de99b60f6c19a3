import { randomBytes } from "node:crypto";
import { connect, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { numberPostings } from "@xueshi/ledger-service/commands";
import { systemClock } from "@xueshi/runtime";
import { createVault, sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyDatabase } from "../../ledger/verify/verify-database.ts";
import { makePerson } from "../ledger/bench-people.ts";
import { fillShare } from "./fill-share.ts";
import { GROWTH } from "./growth-shape.ts";
import { verifySample } from "./verify-sample.ts";

const PEOPLE = 3;
const keys = { indexKey: randomBytes(32), masterKey: randomBytes(32) };
const ids = Array.from({ length: PEOPLE }, (_, index) => makePerson(index, createVault(keys)).practitionerId);
const entries = PEOPLE * GROWTH.entriesPerPerson;

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test-growth" });
  for (const remainder of [0, 1]) {
    await fillShare({ url: database.url, people: PEOPLE, threads: 2, remainder, keys }, () => undefined);
  }
  while ((await numberPostings({ sql, clock: systemClock, treeHash: sha256TreeHash })) > 0);
});

afterAll(async () => {
  await sql.end({ timeout: 5 });
  await database.drop();
});

test("verification finds nothing in a ledger that was filled in shares, and derives its records anew", async () => {
  const full = { nameVariants: "hold" as const, indexKey: null };
  const plan = { databaseUrl: database.url, limit: 3, threads: null, full, progress: () => undefined };
  expect(await verifyDatabase(plan)).toMatchObject({
    ...{ people: PEOPLE, entries, derived: "yes", unposted: 0 },
    tally: { first: [] },
  });
});

test("a sample of people is found sound, and not once an hour too much stands in a balance of theirs", async () => {
  expect(await verifySample(database.url, ids, entries)).toBe(entries);
  await sql`UPDATE projection.balance SET hours_hundredths = hours_hundredths + 100 WHERE practitioner_id = ${ids[0] ?? ""}`;
  await expect(verifySample(database.url, ids, entries)).rejects.toThrow("balance");
});

test("a sample of which a person has no entries is refused", async () => {
  const stranger = makePerson(PEOPLE, createVault(keys)).practitionerId;
  await expect(verifySample(database.url, [stranger], GROWTH.entriesPerPerson)).rejects.toThrow("0 have 0");
});
