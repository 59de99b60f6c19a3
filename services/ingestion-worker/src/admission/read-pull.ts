import type { PullFinding, SuspectedRange, TakenPull } from "@xueshi/database";
import type { PullOutcome } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { PullContext } from "../acquisition/pull-context.ts";
import type { RefusedFile } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import type { StoredEvents } from "./store-events.ts";

/** A pull that was taken from the queue, and what reading it needs. */
export interface PullWork {
  readonly context: IngestionContext;
  readonly platform: Platform;
  readonly pull: TakenPull;
  readonly pullContext: PullContext;
}

/** What came of reading a pull; it may also fail before the platform was asked. */
export interface ReadPull {
  readonly outcome: PullOutcome;
  readonly reason: string | null;
  /** What `completeUntil` becomes when the outcome is complete, ms since 1970 UTC. */
  readonly startedAtMs: number;
  /** Rows that were not read before. */
  readonly rowsNew: number;
  readonly refusedFiles: readonly RefusedFile[];
  readonly judgement: Judgement;
  /** It came to its end, and looked back as far as the overlap may grow. */
  readonly hasProbed: boolean;
}

/** What a pull that reached its end says about the platform's completeness, with what earlier ones left suspected. */
export interface Judgement {
  readonly findings: readonly PullFinding[];
  /** Records that did not come again, by day; empty without findings. */
  readonly missing: Readonly<Record<string, number>>;
  /** Ranges of update times that are suspected from now on. */
  readonly suspected: readonly SuspectedRange[];
  /** The range of update times that a back-fill has judged; null: none. */
  readonly judged: { readonly fromMs: number; readonly untilMs: number } | null;
}

export const NOTHING_FOUND: Judgement = { findings: [], missing: {}, suspected: [], judged: null };

/** A pull for which nothing could be asked. */
export function failedRead(startedAtMs: number, reason: string): ReadPull {
  const nothing = { rowsNew: 0, refusedFiles: [], judgement: NOTHING_FOUND, hasProbed: false };
  return { outcome: "failed", reason, startedAtMs, ...nothing };
}

/** A pull that reached its end and is suspicious for what was found, if anything was; another end stays what it is. */
export function judgedRead({ end, rowsNew }: StoredEvents, judgement: Judgement): ReadPull {
  const [first] = end.outcome === "complete" ? judgement.findings : [];
  return {
    outcome: first === undefined ? end.outcome : "suspicious",
    reason: first === undefined ? end.reason : first.code,
    startedAtMs: end.startedAtMs,
    rowsNew,
    refusedFiles: end.refusedFiles,
    judgement: end.outcome === "complete" ? judgement : NOTHING_FOUND,
    hasProbed: false,
  };
}
