import { describe, expect, it } from "vitest";
import { HttpProblem } from "../problem/http-problem.ts";
import { createApiKey, hashApiKey, isApiKey } from "./api-key.ts";
import { type AuthenticateOptions, authenticate } from "./authenticate.ts";
import type { Principal } from "./principal.ts";

const PRINCIPAL: Principal = { keyId: "k-1", kind: "source", name: "demo-training", scopes: ["records:write"] };
const KEY = `xs_source_${"A".repeat(43)}`;

function setUp(options: Partial<AuthenticateOptions> = {}) {
  let nowMs = 0;
  const asked: string[] = [];
  const store = new Map([[hashApiKey(KEY), PRINCIPAL]]);
  const check = authenticate({
    clock: () => nowMs,
    lookup: async (keyHash) => {
      asked.push(keyHash);
      return store.get(keyHash) ?? null;
    },
    ...options,
  });
  return {
    asked,
    store,
    advance: (ms: number) => {
      nowMs += ms;
    },
    call: async (authorization?: string) => check(authorization),
    check,
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof HttpProblem ? thrown.code : String(thrown);
}

describe("authenticate", () => {
  it("finds the holder by the hash of the key; the key itself goes nowhere", async () => {
    const { call, asked } = setUp();
    expect(await call(`Bearer ${KEY}`)).toEqual(PRINCIPAL);
    expect(await call(`bearer ${KEY}`)).toEqual(PRINCIPAL);
    expect(asked).toEqual([hashApiKey(KEY)]);
    expect(asked[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("remembers a key for the cache time, and a revoked key dies within it", async () => {
    const { call, store, advance, asked } = setUp({ cacheMs: 5_000 });
    await call(`Bearer ${KEY}`);
    store.clear();
    advance(4_999);
    expect(await call(`Bearer ${KEY}`)).toEqual(PRINCIPAL);
    advance(1);
    expect(await codeOf(call(`Bearer ${KEY}`))).toBe("credentials_invalid");
    expect(asked).toHaveLength(2);
  });

  it("does not stretch the cache time by being asked often", async () => {
    const { call, store, advance } = setUp({ cacheMs: 5_000 });
    await call(`Bearer ${KEY}`);
    store.clear();
    for (let second = 0; second < 4; second += 1) {
      advance(1_000);
      await call(`Bearer ${KEY}`);
    }
    advance(1_000);
    expect(await codeOf(call(`Bearer ${KEY}`))).toBe("credentials_invalid");
  });

  it("forgets after a second that a key is unknown", async () => {
    const { call, store, advance, asked } = setUp({ cacheMs: 60_000 });
    store.clear();
    expect(await codeOf(call(`Bearer ${KEY}`))).toBe("credentials_invalid");
    expect(await codeOf(call(`Bearer ${KEY}`))).toBe("credentials_invalid");
    expect(asked).toHaveLength(1);
    store.set(hashApiKey(KEY), PRINCIPAL);
    advance(1_000);
    expect(await call(`Bearer ${KEY}`)).toEqual(PRINCIPAL);
  });

  it("asks once for many requests with the same key", async () => {
    const { call, asked } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => call(`Bearer ${KEY}`)));
    expect(asked).toHaveLength(1);
  });

  it("answers a remembered key without waiting", async () => {
    const { call, check } = setUp();
    await call(`Bearer ${KEY}`);
    expect(check(`Bearer ${KEY}`)).toEqual(PRINCIPAL);
  });

  it("does not look up what has not the form of a key", async () => {
    const { call, asked } = setUp();
    for (const bad of [undefined, "", "Bearer", "Bearer ", "Bearer 1", `Token ${KEY}`, `Bearer ${KEY}'--`]) {
      expect(await codeOf(call(bad))).toMatch(/^credentials_/);
    }
    expect(asked).toEqual([]);
  });

  it("remembers a bounded number of keys", async () => {
    const { call, asked } = setUp({ cachedKeysMax: 2 });
    const keys = ["B", "C", "D"].map((letter) => `Bearer xs_source_${letter.repeat(43)}`);
    for (const key of keys) await codeOf(call(key));
    await codeOf(call(keys[0]));
    expect(asked).toHaveLength(4);
    await codeOf(call(keys[2]));
    expect(asked).toHaveLength(4);
  });

  it("says that the service is unavailable when the lookup fails, and asks again next time", async () => {
    let works = false;
    const { call } = setUp({
      lookup: async () => {
        if (works) return PRINCIPAL;
        throw new Error("connection refused");
      },
    });
    expect(await codeOf(call(`Bearer ${KEY}`))).toBe("service_unavailable");
    works = true;
    expect(await call(`Bearer ${KEY}`)).toEqual(PRINCIPAL);
  });
});

describe("createApiKey", () => {
  it("makes a key of its kind with 256 random bits, and its hash", () => {
    const { key, keyHash } = createApiKey("declaration-system", (size) => new Uint8Array(size).fill(255));
    expect(key).toBe(`xs_declaration-system_${"_".repeat(42)}8`);
    expect(isApiKey(key)).toBe(true);
    expect(keyHash).toBe(hashApiKey(key));
  });
});
