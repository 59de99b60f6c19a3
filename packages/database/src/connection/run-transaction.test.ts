import { describe, expect, it } from "vitest";
import type { Sql, Transaction } from "./connect.ts";
import { MayHaveCommitted } from "./failures.ts";
import { beginTransaction, runTransaction, type TransactionOptions } from "./run-transaction.ts";

type Failing = { readonly code: string; readonly at: "body" | "commit" };
const inBody = (code: string): Failing => ({ code, at: "body" });
const atCommit = (code: string): Failing => ({ code, at: "commit" });

/** A client whose transactions fail in this order, and then go through. */
function failing(failures: readonly Failing[]) {
  const left = [...failures];
  const begun: string[] = [];
  const pauses: number[] = [];
  const begin = async (...args: unknown[]) => {
    begun.push(args.length === 2 ? String(args[0]) : "");
    const failure = left.shift();
    const error = failure && Object.assign(new Error("the database says no"), { code: failure.code });
    if (failure?.at === "body") throw error;
    const result = await (args.at(-1) as (tx: Transaction) => Promise<unknown>)({} as Transaction);
    if (error !== undefined) throw error;
    return result;
  };
  const sql = { begin } as unknown as Sql;
  const context = { sql, chance: () => 0.5, pause: async (ms: number) => void pauses.push(ms) };
  const run = (options?: TransactionOptions) => runTransaction(context, async () => "stored", options);
  return { sql, run, begun, pauses };
}

describe("runTransaction", () => {
  it.each(["40001", "40P01", "55P03"])("runs again after %s, in its body or at its COMMIT", async (code) => {
    const { run, begun } = failing([inBody(code), atCommit(code)]);
    expect(await run()).toBe("stored");
    expect(begun).toHaveLength(3);
  });

  it("gives up after five times, with pauses by chance that grow", async () => {
    const { run, begun, pauses } = failing(Array.from({ length: 9 }, () => inBody("40P01")));
    await expect(run()).rejects.toMatchObject({ code: "40P01" });
    expect(begun).toHaveLength(5);
    expect(pauses).toEqual([10, 20, 40, 80]);
  });

  it.each(["23505", "57P01", "CONNECTION_CLOSED", "53300", "57014"])("passes %s on at once", async (code) => {
    const { run, begun } = failing([inBody(code)]);
    await expect(run()).rejects.toMatchObject({ code });
    expect(begun).toHaveLength(1);
  });

  it.each(["CONNECTION_CLOSED", "ECONNRESET", "57P01", "08006"])(
    "is in doubt when %s comes instead of the answer to a COMMIT, and runs nothing again",
    async (code) => {
      const { run, begun } = failing([atCommit(code)]);
      await expect(run()).rejects.toMatchObject({ code: "may_have_committed", cause: { code } });
      expect(begun).toHaveLength(1);
    },
  );

  it.each(["23505", "40001", "57014"])("is in no doubt when a COMMIT is answered with %s", async (code) => {
    const { sql } = failing([atCommit(code)]);
    await expect(beginTransaction(sql, async () => "stored")).rejects.toMatchObject({ code });
  });

  it("runs what finds its own traces again when in doubt, while the connection is lost", async () => {
    const { run, begun } = failing([atCommit("CONNECTION_CLOSED"), inBody("ECONNREFUSED"), atCommit("ECONNRESET")]);
    expect(await run({ isRepeatable: true })).toBe("stored");
    expect(begun).toHaveLength(4);
  });

  it("stays in doubt when no later attempt could tell", async () => {
    const { run } = failing([
      atCommit("CONNECTION_CLOSED"),
      ...Array.from({ length: 9 }, () => inBody("ECONNREFUSED")),
    ]);
    await expect(run({ isRepeatable: true })).rejects.toBeInstanceOf(MayHaveCommitted);
    const full = failing([atCommit("CONNECTION_CLOSED"), inBody("53300")]);
    await expect(full.run({ isRepeatable: true })).rejects.toBeInstanceOf(MayHaveCommitted);
    expect(full.begun).toHaveLength(2);
  });

  it("passes on what a later attempt found out", async () => {
    const { run } = failing([atCommit("CONNECTION_CLOSED"), inBody("people_not_locked")]);
    await expect(run({ isRepeatable: true })).rejects.toMatchObject({ code: "people_not_locked" });
  });

  it("is lost, and in no doubt, when the connection is gone before anything was to be committed", async () => {
    const { run, begun } = failing([inBody("CONNECTION_CLOSED")]);
    await expect(run({ isRepeatable: true })).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(begun).toHaveLength(1);
  });

  it("begins as it is told to", async () => {
    const { run, begun } = failing([]);
    await run();
    await run({ isolation: "repeatable read" });
    expect(begun).toEqual(["", "ISOLATION LEVEL repeatable read"]);
  });
});
