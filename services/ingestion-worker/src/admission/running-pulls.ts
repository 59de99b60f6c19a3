import { isPullRunning } from "@xueshi/database";
import type { IngestionContext } from "../ingestion-context.ts";

/** Pulls that run under one lease; looks now and then whether somebody has cancelled one. */
export class RunningPulls {
  readonly #context: Pick<IngestionContext, "sql" | "logger">;
  readonly #stops = new Map<string, AbortController>();

  constructor(context: Pick<IngestionContext, "sql" | "logger">) {
    this.#context = context;
  }

  /** Runs a pull; its signal aborts when the pull no longer runs by its row, or with the given signal. */
  async run<T>(pullId: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    this.#stops.set(pullId, stop);
    try {
      return await action(AbortSignal.any([signal, stop.signal]));
    } finally {
      this.#stops.delete(pullId);
    }
  }

  /** Never throws: a look that fails is followed by others, and what is stored is checked in any case. */
  async look(): Promise<void> {
    for (const [pullId, stop] of this.#stops) {
      try {
        if (!(await isPullRunning(this.#context.sql, pullId))) stop.abort();
      } catch (error) {
        this.#context.logger.warn("could not look whether a pull was cancelled", { error });
      }
    }
  }
}
