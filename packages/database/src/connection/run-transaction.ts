import { setTimeout as delay } from "node:timers/promises";
import type { Sql, Transaction } from "./connect.ts";
import { classifyFailure, isConnectionLost, MayHaveCommitted } from "./failures.ts";

export type Isolation = "read committed" | "repeatable read" | "repeatable read read only";

/**
 * Runs a transaction once.
 * @throws MayHaveCommitted when the connection was lost after COMMIT was asked for and before it was answered
 */
export async function beginTransaction<T>(
  sql: Sql,
  run: (tx: Transaction) => Promise<T>,
  isolation: Isolation = "read committed",
): Promise<T> {
  let isCommitAsked = false;
  const runToCommit = async (tx: Transaction): Promise<T> => {
    const result = await run(tx);
    isCommitAsked = true;
    return result;
  };
  try {
    if (isolation === "read committed") return (await sql.begin(runToCommit)) as T;
    return (await sql.begin(`ISOLATION LEVEL ${isolation}`, runToCommit)) as T;
  } catch (error) {
    if (isCommitAsked && isConnectionLost(error)) throw new MayHaveCommitted(error);
    throw error;
  }
}

/** What running a transaction again needs from outside. */
export interface TransactionContext {
  readonly sql: Sql;
  /** A number from 0 to below 1, by chance: so that those who were in each other's way do not meet again. */
  readonly chance: () => number;
  /** Default: a timer. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

export interface TransactionOptions {
  /** Default `read committed`. */
  readonly isolation?: Isolation;
  /**
   * Whether the transaction finds by itself what it has done before, and does it no second time; then it runs again, too,
   * when it may have been committed. Default false.
   */
  readonly isRepeatable?: boolean;
}

const ATTEMPTS_MAX = 5;
/** At most so long before the second attempt; twice as long before each further one. */
const PAUSE_MS_MAX = 20;

/**
 * Runs a transaction, and again, five times at most and after a pause by chance, when only the moment was wrong.
 * `run` starts anew each time: what it changes outside the database must bear that.
 * @throws MayHaveCommitted when an answer to a COMMIT was lost and no later attempt told what became of it
 */
export async function runTransaction<T>(
  { sql, chance, pause = delay }: TransactionContext,
  run: (tx: Transaction) => Promise<T>,
  { isolation = "read committed", isRepeatable = false }: TransactionOptions = {},
): Promise<T> {
  let doubt: MayHaveCommitted | null = null;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await beginTransaction(sql, run, isolation);
    } catch (error) {
      if (isRepeatable && error instanceof MayHaveCommitted) doubt ??= error;
      const kind = classifyFailure(error);
      const mayPass = kind === "again_at_once" || (doubt !== null && isConnectionLost(error));
      if (!mayPass || attempt >= ATTEMPTS_MAX) throw kind === "never" ? error : (doubt ?? error);
    }
    await pause(chance() * PAUSE_MS_MAX * 2 ** (attempt - 1));
  }
}
