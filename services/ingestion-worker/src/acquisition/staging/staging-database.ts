import type { PullReason } from "../pull-event.ts";

/** A row as it is read: every value as text, or null. */
export type StagedRow = Readonly<Record<string, string | null>>;
/** Values are compared as text; one that is written may be a number, which a column of bits wants. */
export type StagedParameter = string | number | null;

export interface StagingSession {
  /** Runs one statement with its parameters bound. */
  query(statement: string, parameters: readonly StagedParameter[]): Promise<readonly StagedRow[]>;
}

/** One connection to the database that another side fills. Every rejection is a {@link StagingFault}. */
export interface StagingDatabase extends StagingSession {
  /** Statements that all see the table as the first one does. */
  snapshot<T>(work: (session: StagingSession) => Promise<T>): Promise<T>;
  /** Statements that see what is written last; they are taken back when `work` rejects. */
  transaction<T>(work: (session: StagingSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StagingOptions {
  /** `postgres://…` or `mysql://…`, with its credentials. */
  readonly url: string;
  readonly statementTimeoutMs: number;
  /** The server is told to refuse whatever this session would write. */
  readonly readOnly: boolean;
  /** Ends the waiting for an answer; null: only time does. */
  readonly signal: AbortSignal | null;
}

/** What went wrong at the staging database, as the reason of a pull; it never carries a statement or a value. */
export class StagingFault extends Error {
  readonly reason: PullReason;
  constructor(reason: PullReason) {
    super(reason);
    this.reason = reason;
  }
}
