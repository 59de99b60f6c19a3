import { unavailable } from "@xueshi/http";
import { type Logger, within } from "@xueshi/runtime";
import type { Knowledge } from "./knowledge.ts";

/**
 * Rule sets and platform marks in memory, so that a check stays one round trip.
 *
 * What is held may be older than the person's entries, which are read after it, and never newer: a platform that became
 * complete since is taken as less complete, so the answer can only be more cautious. Read the other way round, a mark
 * could vouch for entries that the read had missed. An activation takes effect within one refresh; to have it take
 * effect everywhere at one instant, activate it a second ahead.
 */
export interface KnowledgeWatch {
  /** What to answer from. Take it **before** reading a person. Throws `service_unavailable` when it is too old. */
  current(): Knowledge;
  /**
   * As `current`, after a read that began later than this call: for an answer that is cautious only because a platform
   * was not complete as far as was known. Callers that wait at the same time share one read.
   */
  renewed(): Promise<Knowledge>;
  /** Rejects when it is too old. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export interface KnowledgeWatchOptions {
  /** Reads what changed since; everything for null. */
  readonly read: (before: Knowledge | null) => Promise<Knowledge>;
  readonly logger: Logger;
  /** Milliseconds that never go backwards. */
  readonly monotonicMs: () => number;
  /** Milliseconds from the end of one refresh to the start of the next. Default 200. */
  readonly everyMs?: number;
  /** How old the last good refresh may be, counted from its start. Default 5,000. */
  readonly ageMsMax?: number;
  /** How often everything is read again, in case a clock far ahead hid later marks. Default 300,000. */
  readonly wholeEveryMs?: number;
}

/** Starts refreshing and waits for the first attempt; when that fails, `current` throws until one succeeds. */
export async function watchKnowledge(options: KnowledgeWatchOptions): Promise<KnowledgeWatch> {
  const { read, logger, monotonicMs, everyMs = 200, ageMsMax = 5_000, wholeEveryMs = 300_000 } = options;
  let known: Knowledge | null = null;
  let knownSinceMs = Number.NEGATIVE_INFINITY;
  let wholeSinceMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;
  let refreshing: Promise<void>;
  let renewing: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    const startedMs = monotonicMs();
    const isWhole = startedMs - wholeSinceMs >= wholeEveryMs;
    try {
      known = await within(read(isWhole ? null : known), ageMsMax, "Reading rule sets and platform marks");
      knownSinceMs = startedMs;
      if (isWhole) wholeSinceMs = startedMs;
    } catch (error) {
      logger.warn("rule sets and platform marks were not read and are tried again", { error });
    }
    if (isStopped) return;
    timer = setTimeout(() => {
      refreshing = refresh();
    }, everyMs);
  }

  /** A read that is under way may have begun too early: the next one begins when it ends. */
  async function renew(): Promise<void> {
    await refreshing;
    renewing = null;
    if (isStopped) return;
    if (timer !== null) clearTimeout(timer);
    refreshing = refresh();
    await refreshing;
  }

  refreshing = refresh();
  await refreshing;

  const isTooOld = () => monotonicMs() - knownSinceMs > ageMsMax;
  const tooOld = () => new Error("rule sets and platform marks could not be read for too long");
  const current = (): Knowledge => {
    if (known === null || isTooOld()) throw unavailable(tooOld());
    return known;
  };
  return {
    current,
    async renewed() {
      renewing ??= renew();
      await renewing;
      return current();
    },
    async check() {
      if (isTooOld()) throw tooOld();
    },
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await refreshing;
    },
  };
}
