import type { LocalDate } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { ReconciliationClient } from "../../acquisition/ask-reconciliation.ts";
import type { IngestionContext } from "../../ingestion-context.ts";

/** A comparison with a platform, and what it needs. */
export interface ComparisonWork {
  readonly context: IngestionContext;
  readonly platform: Platform;
  readonly client: ReconciliationClient;
  readonly fromDay: LocalDate;
  /** The last day that is compared. */
  readonly untilDay: LocalDate;
  /** What either side changed at this instant or later is not due, ms since 1970 UTC; no earlier than the end of `untilDay`. */
  readonly dueBeforeMs: number;
  /** Told how many of the days that differ are compared by record. */
  readonly onProgress: (done: number, total: number) => Promise<void>;
}

/** Thrown where the platform cannot be gone on with; `reason` is a stable word. */
export class ComparisonFault extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}
