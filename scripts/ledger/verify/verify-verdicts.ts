import { copyKeptVerdicts } from "@xueshi/database";
import type { LedgerFinding } from "@xueshi/domain";
import { createVault } from "@xueshi/vault";
import type { TwoSessions } from "./verify-postings.ts";

/** Seals need the index key alone; nothing is opened here. */
const NO_KEY = Buffer.alloc(32);

/**
 * Decides every kept verdict again at its cut. What both sides say is left out: answers name people.
 * @param indexKey with which verdicts are sealed; null: none is decided again
 * @returns how many were; null: none, for want of the key
 */
export async function verifyVerdicts(
  [one, other]: TwoSessions,
  indexKey: Buffer | null,
  found: (findings: readonly LedgerFinding[]) => void,
): Promise<number | null> {
  if (indexKey === null) return null;
  // It brings a service with it, for which nothing else should wait.
  const { createReplay } = await import("@xueshi/query-api");
  const replay = createReplay(one, createVault({ indexKey, masterKey: NO_KEY }));
  let verdicts = 0;
  for await (const kept of copyKeptVerdicts(other)) {
    verdicts += kept.length;
    for (const [at, { outcome, differences }] of (await replay(kept)).entries()) {
      if (outcome !== "different") continue;
      const key = `${kept[at]?.practitionerId}/${kept[at]?.verdictId}`;
      const place = { code: "verdict_differs", table: "verdict.kept_verdict", key } as const;
      found(differences.map(({ code, path }) => ({ ...place, field: path || null, expected: null, found: code })));
    }
  }
  return verdicts;
}
