import type { LedgerFinding, LedgerFindingCode } from "@xueshi/domain";

/** Findings, all counted and the first few kept. */
export class Tally {
  readonly first: LedgerFinding[] = [];
  readonly counts = new Map<LedgerFindingCode, number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return total;
  }

  add(findings: readonly LedgerFinding[]): void {
    for (const finding of findings) {
      this.counts.set(finding.code, (this.counts.get(finding.code) ?? 0) + 1);
      if (this.first.length < this.#limit) this.first.push(finding);
    }
  }
}
