import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadKeys, loadSigningKey } from "./load-keys.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "xueshi-keys-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const index = "0a".repeat(32);
const master = "B1".repeat(32);

it("takes both keys from the environment and writes nothing", async () => {
  const keys = await loadKeys({ XUESHI_INDEX_KEY: index, XUESHI_MASTER_KEY: master }, { dataDir, production: true });
  expect(keys).toEqual({ indexKey: Buffer.alloc(32, 0x0a), masterKey: Buffer.alloc(32, 0xb1), suite: "aes-sha2" });
  expect(await readdir(dataDir)).toEqual([]);
});

it("makes random keys once, for their owner alone, and finds them again", async () => {
  const place = { dataDir: join(dataDir, "new"), production: false };
  const [first, second] = await Promise.all([loadKeys({}, place), loadKeys({}, place)]);
  expect(second).toEqual(first);
  expect(await loadKeys({}, place)).toEqual(first);
  expect(first.indexKey).toHaveLength(32);
  expect(first.indexKey.equals(first.masterKey)).toBe(false);
  expect((await stat(join(place.dataDir, "keys.json"))).mode & 0o777).toBe(0o600);
  expect(await readdir(place.dataDir)).toEqual(["keys.json"]);
});

it("closes a key file that others could read", async () => {
  await loadKeys({}, { dataDir, production: false });
  await chmod(join(dataDir, "keys.json"), 0o644);
  await loadKeys({}, { dataDir, production: false });
  expect((await stat(join(dataDir, "keys.json"))).mode & 0o777).toBe(0o600);
});

it("mixes a given key with a kept one", async () => {
  const kept = await loadKeys({}, { dataDir, production: false });
  const keys = await loadKeys({ XUESHI_MASTER_KEY: master }, { dataDir, production: false });
  expect(keys).toEqual({ indexKey: kept.indexKey, masterKey: Buffer.alloc(32, 0xb1), suite: "aes-sha2" });
});

it("makes nothing up in production", async () => {
  const attempt = loadKeys({ XUESHI_INDEX_KEY: index }, { dataDir, production: true });
  await expect(attempt).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining("XUESHI_MASTER_KEY is not set; it must be 64 hexadecimal digits"),
  });
  expect(await readdir(dataDir)).toEqual([]);
});

it("tells a wrong key by its name, never by its value", async () => {
  const wrong = "deadbeef";
  const attempt = loadKeys({ XUESHI_INDEX_KEY: wrong }, { dataDir, production: false });
  await expect(attempt).rejects.toThrow("XUESHI_INDEX_KEY must be 64 hexadecimal digits");
  await expect(attempt).rejects.not.toThrow(wrong);
});

it("refuses a damaged key file and leaves it as it is", async () => {
  const path = join(dataDir, "keys.json");
  await writeFile(path, '{"indexKey":"12');
  await expect(loadKeys({}, { dataDir, production: false })).rejects.toMatchObject({ code: "config_invalid" });
  expect(await readFile(path, "utf8")).toBe('{"indexKey":"12');
});

it("takes the signing key from the environment, makes one beside the others, and none in production", async () => {
  const given = { XUESHI_SIGNING_KEY: index };
  expect(await loadSigningKey(given, { dataDir, production: true })).toEqual(Buffer.alloc(32, 0x0a));
  expect(await loadSigningKey({}, { dataDir, production: true })).toBeNull();
  expect(await readdir(dataDir)).toEqual([]);
  const made = await loadSigningKey({}, { dataDir, production: false });
  expect(made).toHaveLength(32);
  expect(await loadSigningKey({}, { dataDir, production: false })).toEqual(made);
  expect(await readdir(dataDir)).toEqual(["signing-key.json"]);
});
