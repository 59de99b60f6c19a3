import type { PulledRow } from "./pull-event.ts";

/** Rows of one answer with their update times; a row without a readable one has that of the row before it. */
export interface TimedRows {
  readonly rows: readonly unknown[];
  readonly timesMs: readonly number[];
}

export interface TakenRows {
  readonly rows: readonly PulledRow[];
  readonly rowsReread: number;
}

type Counts = Map<string, number>;

/**
 * Numbers the rows of a listing that is read from an update time on, and knows which rows of that time it has given out:
 * each continuation begins at the last time again, so its rows come again and must be told from rows sent twice.
 * Equal rows have equal update times, so only the rows of one time need to be remembered.
 */
export class BoundaryRows {
  #fromMs: number;
  /** Rows of the time `fromMs` given out so far. */
  #given: Counts = new Map();
  /** Rows of that time met in the scan under way. */
  #met: Counts = new Map();
  #tailMs = Number.NEGATIVE_INFINITY;
  #tail: Counts = new Map();

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
    this.#given = fromMs === this.#tailMs ? this.#tail : new Map();
    this.#fromMs = fromMs;
    this.#tailMs = Number.NEGATIVE_INFINITY;
    this.#tail = new Map();
    this.restart();
  }

  /** The rows of the next page of the scan that were not given out before. */
  take(page: TimedRows): TakenRows {
    return this.#collect(page, this.#met);
  }

  /** The same for a page that is read again: each page counts for itself, because rows may have moved between pages. */
  takeAgain(page: TimedRows): TakenRows {
    return this.#collect(page, new Map());
  }

  #collect({ rows, timesMs }: TimedRows, met: Counts): TakenRows {
    const taken: PulledRow[] = [];
    const metInTail: Counts = new Map();
    for (let index = 0; index < rows.length; index += 1) {
      const timeMs = timesMs[index];
      if (timeMs === undefined) break;
      if (timeMs === this.#fromMs) {
        const occurrence = giveOut(JSON.stringify(rows[index]), met, this.#given);
        if (occurrence !== null) taken.push({ raw: rows[index], index, occurrence });
        continue;
      }
      if (timeMs > this.#tailMs) {
        this.#tailMs = timeMs;
        this.#tail = new Map();
        metInTail.clear();
      }
      const isAlone = timeMs !== timesMs[index - 1] && timeMs !== timesMs[index + 1] && index + 1 < rows.length;
      const occurrence = isAlone ? 1 : giveOut(JSON.stringify(rows[index]), metInTail, this.#tail);
      if (occurrence !== null) taken.push({ raw: rows[index], index, occurrence });
    }
    return { rows: taken, rowsReread: rows.length - taken.length };
  }
}

/** The row's number in this scan, or null when that one has been given out. */
function giveOut(key: string, met: Counts, given: Counts): number | null {
  const occurrence = (met.get(key) ?? 0) + 1;
  met.set(key, occurrence);
  if (occurrence <= (given.get(key) ?? 0)) return null;
  given.set(key, occurrence);
  return occurrence;
}
