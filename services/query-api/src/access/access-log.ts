import type { AccessRow } from "@xueshi/database";
import { unavailable } from "@xueshi/http";
import { type AccessLogMode, type Logger, within } from "@xueshi/runtime";

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
  /** How long a row waits for others; a crash loses what came in this time and during the write before (some ms). */
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
  return new GroupedLog(options);
}

class GroupedLog implements AccessLog {
  readonly #options: AccessLogOptions;
  readonly #limits: AccessLogLimits;
  #held: AccessRow[] = [];
  /** Settles with the write that takes what is held now. */
  #nextWrite = newWrite();
  #rowsInWrite = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Since when no write has ended well while there was one to make; null while all is well. */
  #troubleSinceMs: number | null = null;
  #hasFailed = false;

  constructor(options: AccessLogOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  note(rows: readonly AccessRow[]): Promise<void> {
    const { heldRowsMax, groupMs } = this.#limits;
    const isSync = this.#options.mode === "sync";
    const waiting = this.#held.length + this.#rowsInWrite + rows.length;
    if (this.#isInTrouble() || waiting > heldRowsMax) throw unavailable(new Error("the access log is not written"));
    for (const row of rows) this.#held.push(row);
    const written = this.#nextWrite.promise;
    if (this.#writing === null && isSync && this.#timer === null) this.#start();
    else if (this.#writing === null) this.#schedule(groupMs);
    return isSync || waiting > heldRowsMax / 2 ? written : NOTED;
  }

  async check(): Promise<void> {
    if (this.#isInTrouble()) throw new Error("the access log is not written");
  }

  async close(): Promise<void> {
    const { logger, monotonicMs } = this.#options;
    const { closeMsMax, retryMs } = this.#limits;
    const beganMs = monotonicMs();
    await this.#writing;
    while (this.#held.length + this.#rowsInWrite > 0) {
      if (this.#writing === null) this.#start();
      await this.#writing;
      const rows = this.#held.length;
      if (rows > 0 && monotonicMs() - beganMs > closeMsMax) {
        this.#stopTimer();
        logger.error("the last rows of the access log could not be written", { rows });
        throw new Error(`${rows} rows of the access log are lost.`);
      }
      if (rows > 0) await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  #isInTrouble(): boolean {
    const sinceMs = this.#troubleSinceMs;
    return sinceMs !== null && this.#options.monotonicMs() - sinceMs > this.#limits.troubleMsMax;
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(() => this.#start(), delayMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(): void {
    this.#stopTimer();
    this.#writing = this.#writeHeld().finally(() => {
      this.#writing = null;
      if (this.#held.length > 0) this.#schedule(this.#delayMs());
    });
  }

  /** How long what is held now waits for its write. */
  #delayMs(): number {
    if (this.#hasFailed) return this.#limits.retryMs;
    return this.#options.mode === "sync" ? 0 : this.#limits.groupMs;
  }

  async #writeHeld(): Promise<void> {
    const { write, logger, monotonicMs } = this.#options;
    const rows = this.#held;
    const ended = this.#nextWrite;
    this.#held = [];
    this.#nextWrite = newWrite();
    this.#rowsInWrite = rows.length;
    this.#troubleSinceMs ??= monotonicMs();
    try {
      await within(write(rows), this.#limits.writeMsMax, "Writing the access log");
      this.#troubleSinceMs = null;
      this.#hasFailed = false;
      ended.resolve();
    } catch (error) {
      this.#held = rows.concat(this.#held);
      this.#hasFailed = true;
      logger.warn("the access log was not written and is tried again", { rows: rows.length, error });
      ended.reject(unavailable(error));
    } finally {
      this.#rowsInWrite = 0;
    }
  }
}

/** Most callers do not wait for their write, and its failure is no unhandled one. */
function newWrite(): PromiseWithResolvers<void> {
  const write = Promise.withResolvers<void>();
  write.promise.catch(() => undefined);
  return write;
}
