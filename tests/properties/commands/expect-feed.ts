import { createPublicKey, verify } from "node:crypto";
import type { Entry } from "@xueshi/domain";
import { expect } from "vitest";
import { readLedger } from "../read-ledger.ts";
import { chainsOf } from "../verify-ledger.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import { treeRoot } from "./retell-chain.ts";

interface StoredRuns {
  readonly position: number;
  readonly size: number;
  readonly people: readonly string[];
  readonly firsts: readonly number[];
  readonly counts: readonly number[];
}

/**
 * The feed is dense, tells every person's entries in the order of their chain, and with what still waits for its position
 * it is all of the ledger, each entry once. Gives the entries in its order.
 */
export async function expectFeed(real: AuditedLedger): Promise<Entry[]> {
  const { owner } = real;
  const [{ entries }, numbered, waiting] = await Promise.all([
    readLedger(owner),
    owner<StoredRuns[]>`
      SELECT position, size, practitioner_ids AS people, first_sequences AS firsts, entry_counts AS counts
      FROM ledger.feed ORDER BY position`,
    owner<StoredRuns[]>`
      SELECT 0 AS position, 0 AS size, practitioner_ids AS people, first_sequences AS firsts, entry_counts AS counts
      FROM ledger.outbox`,
  ]);
  const chains = chainsOf(entries);
  const told = new Map<string, number>();
  const inOrder: Entry[] = [];
  for (const { position, size, ...runs } of numbered) {
    expect(position, "positions have no gaps").toBe(inOrder.length);
    for (const [practitionerId, first, count] of runsOf(runs)) {
      expect(first, "a person's entries come in the order of their chain").toBe((told.get(practitionerId) ?? 0) + 1);
      told.set(practitionerId, first + count - 1);
      inOrder.push(...(chains.get(practitionerId) ?? []).slice(first - 1, first - 1 + count));
    }
    expect(inOrder.length).toBe(position + size);
  }
  const left = waiting.flatMap(runsOf).reduce((sum, [, , count]) => sum + count, 0);
  expect(inOrder.length + left, "what is numbered and what waits is all").toBe(entries.length);
  return inOrder;
}

function runsOf({
  people,
  firsts,
  counts,
}: Pick<StoredRuns, "people" | "firsts" | "counts">): [string, number, number][] {
  return people.map((person, index) => [person, Number(firsts[index]), Number(counts[index])]);
}

const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** A signed note says the size and the root of the feed as it was, and its signature is that of the ledger's key. */
export function expectCheckpoint(note: string, verifierKey: string, feed: readonly Entry[]): void {
  const [text = "", signature = ""] = note.split("\n\n");
  const [, size = "", root] = text.split("\n");
  const leaves = feed.slice(0, Number(size)).map((entry) => Buffer.from(entry.hash, "hex"));
  expect(leaves.length).toBe(Number(size));
  expect(root).toBe(treeRoot(leaves).toString("base64"));
  const publicKey = Buffer.from(verifierKey.split("+")[2] ?? "", "base64").subarray(1);
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: "der", type: "spki" });
  const signed = Buffer.from(signature.trim().split(" ")[2] ?? "", "base64").subarray(4);
  expect(verify(null, Buffer.from(`${text}\n`, "utf8"), key, signed), "the signature is the ledger's").toBe(true);
}
