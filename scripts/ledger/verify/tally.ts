import type { LedgerFinding, LedgerFindingCode } from "@xueshi/domain";

/** Findings, all counted and the first few kept. */
export interface Tally {
  readonly first: LedgerFinding[];
  readonly counts: Map<LedgerFindingCode, number>;
}

export function emptyTally(): Tally {
  return { first: [], counts: new Map() };
}

/** Adds findings, of which so many are kept with those that are there. */
export function addFindings(tally: Tally, findings: readonly LedgerFinding[], limit: number): void {
  for (const finding of findings) {
    tally.counts.set(finding.code, (tally.counts.get(finding.code) ?? 0) + 1);
    if (tally.first.length < limit) tally.first.push(finding);
  }
}

/** Adds what was found elsewhere, in the order of the calls. */
export function addTally(tally: Tally, other: Tally, limit: number): void {
  for (const [code, count] of other.counts) tally.counts.set(code, (tally.counts.get(code) ?? 0) + count);
  tally.first.push(...other.first.slice(0, Math.max(0, limit - tally.first.length)));
}

export function totalOf({ counts }: Tally): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
