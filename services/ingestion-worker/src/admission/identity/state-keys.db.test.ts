import { connect, lockIdentities, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import type { PersonId } from "@xueshi/domain";
import { createVault } from "@xueshi/vault";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { stateKeys } from "./state-keys.ts";

const NOW_MS = Date.parse("2026-03-01T00:00:00Z");
const KEYS = { indexKey: Buffer.alloc(32, 1), masterKey: Buffer.alloc(32, 2) };
const vault = createVault(KEYS);
let database: TestDatabase;
let owner: Sql;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  sql = connect({ url: await database.urlAs("ingestion"), connectionsMax: 2, applicationName: "test" });
});
beforeEach(async () => {
  await owner.unsafe(`SET session_replication_role = replica;
    DELETE FROM access.installation; DELETE FROM admission.identity; RESET session_replication_role`);
});
afterAll(async () => {
  await Promise.all([owner.end(), sql.end()]);
  await database.drop();
});

/** Somebody who was stored before anybody stated keys. */
async function storeSomeone(): Promise<void> {
  const id = "330899198003070011";
  const practitionerId = vault.practitionerIdOf(id as PersonId);
  const claim = {
    ...{ practitionerId, nameDigest: vault.nameDigestOf(practitionerId, "张三"), nameVariantDigest: null },
    ...{ claimedAtMs: NOW_MS, claimSource: "quzhou-city", claimRecordId: "r1" },
    seal: vault.sealPerson({ id, name: "张三" }),
  };
  await sql.begin((tx) => lockIdentities(tx, [claim]));
}

it("states the keys once, and takes them again", async () => {
  await stateKeys(sql, vault, NOW_MS);
  await stateKeys(sql, createVault(KEYS), NOW_MS + 1);
  const rows = await owner`SELECT suite, stated_at AS at FROM access.installation`;
  expect([...rows]).toEqual([{ suite: "aes-sha2", at: NOW_MS }]);
});

it.each([
  ["XUESHI_INDEX_KEY", { ...KEYS, indexKey: Buffer.alloc(32, 3) }],
  ["XUESHI_MASTER_KEY", { ...KEYS, masterKey: Buffer.alloc(32, 3) }],
  ["XUESHI_CRYPTO_SUITE", { ...KEYS, suite: "sm4-sm3" as const }],
])("refuses to work with another %s", async (setting, keys) => {
  await stateKeys(sql, vault, NOW_MS);
  await expect(stateKeys(sql, createVault(keys), NOW_MS)).rejects.toThrow(setting);
});

it("two that start at once state one", async () => {
  const other = createVault({ ...KEYS, indexKey: Buffer.alloc(32, 3) });
  const both = await Promise.allSettled([stateKeys(sql, vault, NOW_MS), stateKeys(sql, other, NOW_MS)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

it.each([
  ["index key", { ...KEYS, indexKey: Buffer.alloc(32, 3) }],
  ["master key", { ...KEYS, masterKey: Buffer.alloc(32, 3) }],
  ["suite", { ...KEYS, suite: "sm4-sm3" as const }],
])("where people are stored and nothing is stated, another %s is not stated", async (_, keys) => {
  await storeSomeone();
  await expect(stateKeys(sql, createVault(keys), NOW_MS)).rejects.toThrow("under other keys");
  await stateKeys(sql, vault, NOW_MS);
});

it("nobody who may state keys may change them", async () => {
  await stateKeys(sql, vault, NOW_MS);
  await expect(sql`UPDATE access.installation SET suite = 'sm4-sm3'`).rejects.toThrow("permission denied");
  await expect(owner`DELETE FROM access.installation`).rejects.toThrow();
});
