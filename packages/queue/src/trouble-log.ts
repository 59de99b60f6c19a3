type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;
/** The part of a logger that this package writes to. */
export type QueueLogger = { info: LogLine; warn: LogLine; error: LogLine };

export type TroubleLog = {
  /** One line per new trouble; the same one again, as reconnecting clients report it, is silent. */
  report(error: unknown): void;
  /** One line when there was trouble before. */
  recovered(): void;
};

/** The log of a connection's ups and downs. Messages of the drivers name hosts and commands, never payloads. */
export function createTroubleLog(logger: QueueLogger, backend: string): TroubleLog {
  const seen = new Set<string>();
  const seenMax = 32;
  return {
    report(error) {
      const problem = describeError(error);
      if (seen.has(problem) || seen.size >= seenMax) return;
      seen.add(problem);
      logger.warn("queue trouble", { backend, problem });
    },
    recovered() {
      if (seen.size === 0) return;
      seen.clear();
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
