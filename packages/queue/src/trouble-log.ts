type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;
/** The part of a logger that this package writes to. */
export type QueueLogger = { info: LogLine; warn: LogLine; error: LogLine };

/** Who has trouble: one that calls the store recovers while a worker, on connections of its own, has not yet. */
export type TroubledPart = "calls" | "worker";

export type TroubleLog = {
  /** One line per new trouble of a part; the same one again, as reconnecting clients report it, is silent. */
  report(error: unknown, part?: TroubledPart): void;
  /** One line when the part had trouble before. */
  recovered(part?: TroubledPart): void;
};

/** The log of a connection's ups and downs. Messages of the drivers name hosts and commands, never payloads. */
export function createTroubleLog(logger: QueueLogger, backend: string): TroubleLog {
  const seen: Record<TroubledPart, Set<string>> = { calls: new Set(), worker: new Set() };
  const seenMax = 32;
  return {
    report(error, part = "calls") {
      const problem = describeError(error);
      if (seen[part].has(problem) || seen[part].size >= seenMax) return;
      seen[part].add(problem);
      logger.warn("queue trouble", { backend, problem });
    },
    recovered(part = "calls") {
      if (seen[part].size === 0) return;
      seen[part].clear();
      logger.info("queue recovered", { backend });
    },
  };
}

/** What an error is, for a log line: its message, or its code where the message is empty (AggregateError). */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message || code || error.name;
}
