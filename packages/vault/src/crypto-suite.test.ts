import { createCipheriv, createHmac, hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVault } from "./create-vault.ts";
import { CRYPTO_SUITES, cryptoSuite } from "./crypto-suite.ts";

const KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1));
const OTHER_KEY = Buffer.alloc(32, 9);

describe("what Node computes is what the standards say", () => {
  it("SM3 of the examples in GB/T 32905-2016, A", () => {
    expect(hash("sm3", "abc", "hex")).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    expect(hash("sm3", "abcd".repeat(16), "hex")).toBe(
      "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    );
  });
  it("SM4 of the example in GB/T 32907-2016, A.1", () => {
    const block = Buffer.from("0123456789abcdeffedcba9876543210", "hex");
    const cipher = createCipheriv("sm4-ecb", block, null).setAutoPadding(false);
    expect(cipher.update(block, undefined, "hex")).toBe("681edf34d206965e86b3e94f536e4246");
  });
});

describe.each([
  ["aes-sha2", "sha256"],
  ["sm4-sm3", "sm3"],
] as const)("%s", (name, algorithm) => {
  const suite = cryptoSuite(name);

  it.each(["", "a", "张三", "x".repeat(63), "x".repeat(64), "x".repeat(1_000)])("digests like HMAC: %#", (text) => {
    expect(suite.keyedDigest(KEY)(text)).toBe(createHmac(algorithm, KEY).update(text).digest("hex"));
  });

  it.each(["", "张三", "x".repeat(100_000)])("opens what it sealed: %#", (text) => {
    expect(suite.decrypt(KEY, suite.encrypt(KEY, text)).toString("utf8")).toBe(text);
    const bytes = Buffer.from(text);
    expect(suite.decrypt(KEY, suite.encrypt(KEY, bytes))).toEqual(bytes);
  });

  it("never seals the same content twice alike, and shows nothing of it", () => {
    const [first, second] = [suite.encrypt(KEY, "330899198003070011"), suite.encrypt(KEY, "330899198003070011")];
    expect(first).not.toEqual(second);
    expect(first.includes("330899198003070011")).toBe(false);
  });

  it("opens nothing that was changed in any byte, cut off or made longer, and nothing under another key", () => {
    const sealed = suite.encrypt(KEY, "张三");
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => suite.decrypt(KEY, changed), `byte ${at}`).toThrow();
    }
    expect(() => suite.decrypt(KEY, sealed.subarray(1))).toThrow();
    expect(() => suite.decrypt(KEY, sealed.subarray(0, -1))).toThrow();
    expect(() => suite.decrypt(KEY, Buffer.alloc(3))).toThrow();
    expect(() => suite.decrypt(KEY, Buffer.concat([sealed, Buffer.of(0)]))).toThrow();
    expect(() => suite.decrypt(OTHER_KEY, sealed)).toThrow();
  });

  it("refuses a key of another length", () => {
    expect(() => suite.keyedDigest(KEY.subarray(1))).toThrow("32 bytes");
  });

  it("is a vault's whole way of sealing", () => {
    const vault = createVault({ indexKey: KEY, masterKey: OTHER_KEY, suite: name });
    expect(vault.openPerson(vault.sealPerson({ id: "330899198003070011", name: "张三" }))).toEqual({
      id: "330899198003070011",
      name: "张三",
    });
    expect(vault.openPage(vault.sealPage("{}")).toString()).toBe("{}");
  });
});

it("tells suites and keys apart by their fingerprints", () => {
  const vaults = CRYPTO_SUITES.flatMap((suite) => [
    createVault({ indexKey: KEY, masterKey: OTHER_KEY, suite }),
    createVault({ indexKey: OTHER_KEY, masterKey: KEY, suite }),
  ]);
  const seen = vaults.flatMap(({ fingerprint }) => [fingerprint.index, fingerprint.master]);
  // The same key has the same fingerprint for both uses, and another one in the other suite.
  expect(new Set(seen).size).toBe(4);
  expect(seen.some((text) => text.includes(KEY.toString("hex")))).toBe(false);
});
