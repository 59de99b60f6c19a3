import type { Pace } from "./pace.ts";

/** Writes a line for operators; never given a row's content. */
export interface PullLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** An answer of a platform, whatever it says; times are ms since 1970 UTC by our clock. */
export interface AnswerSeen {
  readonly status: number;
  readonly headers: Headers;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
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
  /** Told of every answer, for what it says besides its content. */
  readonly observe?: (answer: AnswerSeen) => void;
}

/** What stays open to a platform from one pull to the next, for the life of the service. */
export interface PlatformLine {
  /** Asks over the target's own connections: its proxy, its certificates, its limits of time. */
  readonly fetch: typeof globalThis.fetch;
  readonly pace: Pace;
  /** Gives another text each time, which ends in random hex digits. */
  readonly newId: () => string;
}

/** Where a platform is reached, from the installation's configuration. */
export interface HttpTarget {
  /** Without query; a path in it stays in front of the platform's paths. */
  readonly baseUrl: string;
  /** The same for where tokens are issued, when that is another address. */
  readonly tokenBaseUrl?: string | undefined;
  /** Values of the settings that the connection names in `credentials`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Absent: the context's fetch, no memory of the pace, delays without chance. */
  readonly line?: PlatformLine;
  /** Settings that a line has taken in: a target that still has them would be reached past its proxy. */
  readonly proxy?: never;
  readonly caFile?: never;
}
