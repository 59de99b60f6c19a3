import { createHash } from "node:crypto";
import type { Entry } from "@xueshi/domain";

/** What an auditor without this product computes, after packages/contracts/auditing.md alone. */

const GENESIS = "0".repeat(64);
/** The fields of an entry in the order of the published vectors; one that was assessed has that day behind them. */
const FIELDS = [
  ...["practitionerId", "sequence", "postingId", "recordedAtMs", "kind", "reverses", "recordKey", "slot", "source"],
  ...["recordId", "platform", "state", "code", "hoursHundredths", "subject", "attributedYear", "obtainedOn"],
  ...["pathway", "recognition", "title", "trace", "flags", "sourceDigest", "updateTimeMs", "reason", "actor", "note"],
  "nameDigest",
] as const satisfies readonly (keyof Entry)[];

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The hashes of one chain from its first entry, hex. */
export function chainHashes(chain: readonly Entry[]): string[] {
  let previous = GENESIS;
  return chain.map((entry) => {
    const isAssessed = entry.assessedOn !== null;
    const values = FIELDS.map((field) => entry[field]);
    const text = JSON.stringify([isAssessed ? 2 : 1, ...values, ...(isAssessed ? [entry.assessedOn] : [])]);
    previous = sha256(Buffer.from(previous, "hex"), sha256(Buffer.from(text, "utf8"))).toString("hex");
    return previous;
  });
}

/** The root over leaves by the definition of RFC 6962, 2.1. */
export function treeRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}
