import { type LedgerFinding, shownValue } from "./ledger-finding.ts";

/** How a pull left its platform, as it is kept. */
export interface KeptMark {
  readonly platform: string;
  readonly pullId: string;
  /** Milliseconds since 1970 UTC; null: the pull did not reach its end. */
  readonly completeUntilMs: number | null;
  readonly outcome: string;
  readonly recordedAtMs: number;
}

/** A batch of a pull, as far as the mark of the pull is about it. */
export interface PulledBatch {
  readonly source: string;
  readonly pullId: string;
  readonly closesPull: boolean;
  readonly completeUntilMs: number | null;
  readonly postedAtMs: number | null;
}

/**
 * Compares the mark of a pull with the batches of the pull: there is one as soon as the batch that closes it is posted, it
 * says what that batch says, and it was made when the last of those batches was posted that were by then. Null: no mark.
 */
export function verifyPlatformMark(mark: KeptMark | null, batches: readonly PulledBatch[]): LedgerFinding[] {
  const closing = batches.find(({ closesPull, postedAtMs }) => closesPull && postedAtMs !== null);
  if (mark === null && closing === undefined) return [];
  const { platform, pullId } = mark ?? { platform: closing?.source, pullId: closing?.pullId };
  const findings: LedgerFinding[] = [];
  const place = { code: "mark_differs", table: "ledger.platform_mark", key: `${platform}/${pullId}` } as const;
  const differs = (field: string | null, expected: string | number | null, found: string | number | null) => {
    if (expected !== found)
      findings.push({ ...place, field, expected: shownValue(expected), found: shownValue(found) });
  };
  if (mark === null || closing === undefined) {
    differs(null, closing === undefined ? null : outcomeOf(closing), mark?.outcome ?? null);
    return findings;
  }
  differs("complete_until", closing.completeUntilMs, mark.completeUntilMs);
  differs("outcome", outcomeOf(closing), mark.outcome);
  const instants = batches.map(({ postedAtMs }) => postedAtMs).filter((at) => at !== null);
  const closedAtMs = closing.postedAtMs ?? 0;
  if (mark.recordedAtMs < closedAtMs || !instants.includes(mark.recordedAtMs)) {
    differs("recorded_at", closedAtMs, mark.recordedAtMs);
  }
  return findings;
}

function outcomeOf({ completeUntilMs }: PulledBatch): string {
  return completeUntilMs === null ? "partial" : "complete";
}
