/** One run of the load generator. */
export interface LoadRun {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second at fixed arrival times; null: each connection asks again as soon as it is answered. */
  readonly arrivalsPerSecond: number | null;
  /** Which of the prepared requests: the position of their list in `LoadPlan.requests`. */
  readonly list: number;
}

/** What the generator is started with: lists of whole HTTP/1.1 requests, sent in turn. */
export interface LoadPlan {
  readonly requests: readonly (readonly string[])[];
}

export interface LoadResult {
  readonly answers: number;
  /** Answers of another status than 200. */
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU seconds of the generator itself. */
  readonly cpuSeconds: number;
}
