/** Writes a line for operators; never given a row's content. */
export interface PullLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Everything a connector needs from outside. */
export interface PullContext {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Waits before the next attempt; returns early when the signal aborts. */
  readonly delay: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly logger: PullLogger;
  /** Aborted when the process shuts down: the pull then ends as `aborted`. */
  readonly signal: AbortSignal;
}

/** Where a platform is reached, from the installation's configuration. */
export interface HttpTarget {
  /** Without query; a path in it stays in front of the platform's paths. */
  readonly baseUrl: string;
  /** Values of the settings that the connection names in `credentials`. */
  readonly credentials: Readonly<Record<string, string>>;
}
