/** Rows of one answer with their update times; a row without a readable one has that of the row before it. */
export interface TimedRows {
  readonly rows: readonly unknown[];
  readonly timesMs: readonly number[];
}

export interface TakenRows {
  readonly rows: readonly unknown[];
  /** The others of the answer: they were given out before. */
  readonly rowsAgain: readonly unknown[];
}

type Counts = Map<string, number>;

/**
 * Counts the rows of a listing that is read from an update time on, and knows which rows it has given out: each
 * continuation begins at the last time again, so its rows come again and must be told from rows sent twice.
 * Equal rows have equal update times, so only the rows of times that may be read again need to be remembered.
 */
export class BoundaryRows {
  #fromMs: number;
  /** Rows of the time `fromMs` given out so far. */
  #given: Counts = new Map();
  /** Rows of that time met in the scan under way. */
  #met: Counts = new Map();
  /** Rows of later times given out so far, as far as they may come again. */
  #later = new Map<number, Counts>();

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  get fromMs(): number {
    return this.#fromMs;
  }

  /** The scan starts at the first page of its time again. */
  restart(): void {
    this.#met = new Map();
  }

  /** The listing is continued from the time of the last row taken. */
  advance(fromMs: number): void {
    this.#given = this.#later.get(fromMs) ?? new Map();
    this.#fromMs = fromMs;
    this.#later = new Map();
    this.restart();
  }

  /**
   * The rows of the next page of the scan that were not given out before.
   * @param isOnlyPage the listing is continued from this page's last time: nothing before that time comes again
   */
  take(page: TimedRows, isOnlyPage: boolean): TakenRows {
    return this.#collect(page, this.#met, isOnlyPage);
  }

  /** The same for a page that is read again: each page counts for itself, because rows may have moved between pages. */
  takeAgain(page: TimedRows): TakenRows {
    return this.#collect(page, new Map(), false);
  }

  #collect({ rows, timesMs }: TimedRows, met: Counts, isOnlyPage: boolean): TakenRows {
    const taken: unknown[] = [];
    const again: unknown[] = [];
    const lastMs = timesMs.at(-1);
    // Before the last time each row comes once, unless pages of this position were read before.
    const comesOnce = isOnlyPage && this.#later.size === 0;
    let metLater: Counts = new Map();
    for (let index = 0; index < rows.length; index += 1) {
      const timeMs = timesMs[index];
      if (timeMs === undefined) break;
      if (timeMs !== timesMs[index - 1]) metLater = new Map();
      const isTaken =
        timeMs === this.#fromMs
          ? isNew(rows[index], met, this.#given)
          : (comesOnce && timeMs !== lastMs) || isNew(rows[index], metLater, this.#givenAt(timeMs));
      (isTaken ? taken : again).push(rows[index]);
    }
    return { rows: taken, rowsAgain: again };
  }

  #givenAt(timeMs: number): Counts {
    const given = this.#later.get(timeMs) ?? new Map<string, number>();
    this.#later.set(timeMs, given);
    return given;
  }
}

/** False when the row, counted among its equals in this scan, has been given out. */
function isNew(row: unknown, met: Counts, given: Counts): boolean {
  const key = JSON.stringify(row);
  const nth = (met.get(key) ?? 0) + 1;
  met.set(key, nth);
  if (nth <= (given.get(key) ?? 0)) return false;
  given.set(key, nth);
  return true;
}
