import type { AccessRow } from "@xueshi/database";
import { type AccessLogMode, type Logger, within } from "@xueshi/runtime";
import { unavailable } from "./database-problem.ts";

/** Who reads whose data, what for and when (design invariant 16). */
export interface AccessLog {
  /**
   * Takes note of reads, before they are made. Wait for it before answering: in `sync` mode it ends once the rows are
   * written, in `group` mode at once while there is room. Throws or rejects with `service_unavailable` when rows cannot
   * be written for long or too many wait: nothing is read without a log.
   */
  note(rows: readonly AccessRow[]): Promise<void>;
  /** Rejects while rows cannot be written. */
  check(): Promise<void>;
  /** Writes what is left. Rejects when that fails; what is lost is counted in the log. */
  close(): Promise<void>;
}

export interface AccessLogOptions {
  readonly write: (rows: readonly AccessRow[]) => Promise<void>;
  readonly mode: AccessLogMode;
  readonly logger: Logger;
  /** Milliseconds that never go backwards. */
  readonly monotonicMs: () => number;
  readonly limits?: Partial<AccessLogLimits>;
}

export interface AccessLogLimits {
  /** How long a row waits for others; with the write itself this is the window that a crash loses (50 ms at most). */
  readonly groupMs: number;
  readonly heldRowsMax: number;
  readonly writeMsMax: number;
  readonly retryMs: number;
  /** Beyond this time without a write that worked, reads are refused. */
  readonly troubleMsMax: number;
  readonly closeMsMax: number;
}

const LIMITS: AccessLogLimits = {
  groupMs: 40,
  heldRowsMax: 20_000,
  writeMsMax: 5_000,
  retryMs: 200,
  troubleMsMax: 2_000,
  closeMsMax: 5_000,
};

const NOTED = Promise.resolve();

/** Writes notes in groups, one write at a time and in the order in which they came; a failed one is tried again. */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { write, mode, logger, monotonicMs } = options;
  const limits = { ...LIMITS, ...options.limits };
  let held: AccessRow[] = [];
  /** Settles with the write that takes what is held now. */
  let nextWrite = newWrite();
  let rowsInWrite = 0;
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  /** Since when no write has ended well while there was one to make; null while all is well. */
  let troubleSinceMs: number | null = null;
  let hasFailed = false;

  const isInTrouble = () => troubleSinceMs !== null && monotonicMs() - troubleSinceMs > limits.troubleMsMax;
  const schedule = (delayMs: number) => {
    timer ??= setTimeout(start, delayMs);
  };

  function start(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writeHeld().finally(() => {
      writing = null;
      if (held.length > 0) schedule(hasFailed ? limits.retryMs : mode === "sync" ? 0 : limits.groupMs);
    });
  }

  async function writeHeld(): Promise<void> {
    const rows = held;
    const ended = nextWrite;
    held = [];
    nextWrite = newWrite();
    rowsInWrite = rows.length;
    troubleSinceMs ??= monotonicMs();
    try {
      await within(write(rows), limits.writeMsMax, "Writing the access log");
      troubleSinceMs = null;
      hasFailed = false;
      ended.resolve();
    } catch (error) {
      held = rows.concat(held);
      hasFailed = true;
      logger.warn("the access log was not written and is tried again", { rows: rows.length, error });
      ended.reject(unavailable(error));
    } finally {
      rowsInWrite = 0;
    }
  }

  return {
    note(rows) {
      const waiting = held.length + rowsInWrite + rows.length;
      if (isInTrouble() || waiting > limits.heldRowsMax) throw unavailable(new Error("the access log is not written"));
      for (const row of rows) held.push(row);
      const written = nextWrite.promise;
      if (writing === null && mode === "sync" && timer === null) start();
      else if (writing === null) schedule(limits.groupMs);
      return mode === "sync" || waiting > limits.heldRowsMax / 2 ? written : NOTED;
    },
    async check() {
      if (isInTrouble()) throw new Error("the access log is not written");
    },
    async close() {
      const beganMs = monotonicMs();
      await writing;
      while (held.length + rowsInWrite > 0) {
        if (writing === null) start();
        await writing;
        if (held.length > 0 && monotonicMs() - beganMs > limits.closeMsMax) {
          if (timer !== null) clearTimeout(timer);
          logger.error("the last rows of the access log could not be written", { rows: held.length });
          throw new Error(`${held.length} rows of the access log are lost.`);
        }
        if (held.length > 0) await new Promise((resolve) => setTimeout(resolve, limits.retryMs));
      }
    },
  };
}

/** Most callers do not wait for their write, and its failure is no unhandled one. */
function newWrite(): PromiseWithResolvers<void> {
  const write = Promise.withResolvers<void>();
  write.promise.catch(() => undefined);
  return write;
}
