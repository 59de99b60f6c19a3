import type { Sql } from "@xueshi/database";
import { describe, expect, it } from "vitest";
import { retryTransaction } from "./retry-transaction.ts";

/** A client whose transactions fail with these SQLSTATEs, one after the other, and then go through. */
function failing(codes: readonly string[]): { sql: Sql; begun: () => number } {
  const left = [...codes];
  let begun = 0;
  const begin = async (run: (tx: unknown) => Promise<unknown>) => {
    begun += 1;
    const code = left.shift();
    if (code !== undefined) throw Object.assign(new Error("the database says no"), { code });
    return run({});
  };
  return { sql: { begin } as unknown as Sql, begun: () => begun };
}

describe("retryTransaction", () => {
  it.each(["40001", "40P01", "55P03"])("runs again after %s", async (code) => {
    const { sql, begun } = failing([code, code]);
    expect(await retryTransaction(sql, async () => "stored")).toBe("stored");
    expect(begun()).toBe(3);
  });

  it("gives up after a few times", async () => {
    const { sql, begun } = failing(Array.from({ length: 9 }, () => "40P01"));
    await expect(retryTransaction(sql, async () => "stored")).rejects.toMatchObject({ code: "40P01" });
    expect(begun()).toBe(4);
  });

  it("passes every other error on at once", async () => {
    const { sql, begun } = failing(["23505"]);
    await expect(retryTransaction(sql, async () => "stored")).rejects.toMatchObject({ code: "23505" });
    expect(begun()).toBe(1);
  });
});
