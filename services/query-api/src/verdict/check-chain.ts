import { type Entry, entryHash, GENESIS_HASH } from "@xueshi/domain";
import { sha256Suite } from "@xueshi/vault";
import type { ReplayDifference } from "./replay.ts";

/**
 * Whether a chain is the one that a kept verdict was cut from: every entry from the first to the cut is there, and the
 * hashes over all their fields come to the kept head. Names the first entry that is missing or altered.
 */
export function checkChain(
  chain: readonly Entry[],
  cut: { readonly sequence: number; readonly head: string },
): ReplayDifference[] {
  const differences: ReplayDifference[] = [];
  let head = GENESIS_HASH;
  for (let sequence = 1; sequence <= cut.sequence; sequence += 1) {
    const entry = chain[sequence - 1];
    if (entry?.sequence !== sequence) {
      return [{ code: "entries_missing", path: `entries[${sequence}]`, kept: sequence, replayed: null }];
    }
    const { hash, ...fields } = entry;
    head = entryHash(sha256Suite, head, fields);
    if (hash === head) continue;
    differences.push({ code: "chain_altered", path: `entries[${sequence}].hash`, kept: hash, replayed: head });
    break;
  }
  if (differences.length > 0 || head === cut.head) return differences;
  return [{ code: "chain_altered", path: "cut.head", kept: cut.head, replayed: head }];
}
