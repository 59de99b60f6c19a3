/**
 * One row as the platform serves it: a range of bytes (JSON text), never parsed again on the way out.
 * `updatedAtMs` is what the platform orders by; `sequence` is the order in which the platform got the version.
 */
export type FeedRow = {
  readonly id: string;
  readonly updatedAtMs: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
};

/** `by-update-time`: a late row takes its place among the others; `by-arrival`: it is always served last. */
export type FeedOrder = "by-update-time" | "by-arrival";

const COMMA = Buffer.from(",");

/** The versions one platform serves, in its order, with pages cut as byte ranges. */
export class FeedRows {
  readonly #order: FeedOrder;
  readonly #rows: FeedRow[];
  #sequenceLast: number;

  constructor(order: FeedOrder, rows: FeedRow[]) {
    this.#order = order;
    this.#rows = rows;
    this.#sequenceLast = rows.reduce((last, row) => Math.max(last, row.sequence), 0);
  }

  get count(): number {
    return this.#rows.length;
  }

  /** The largest sequence ever given out; it does not fall when rows move. */
  get sequenceLast(): number {
    return this.#sequenceLast;
  }

  /** Update time of the last row, or null when the platform has none. */
  get updatedAtMsLast(): number | null {
    return this.#rows.at(-1)?.updatedAtMs ?? null;
  }

  /** Index of the first row whose update time is `updatedFromMs` or later (inclusive). */
  indexUpdatedFrom(updatedFromMs: number): number {
    return this.#firstIndex((row) => row.updatedAtMs >= updatedFromMs);
  }

  /** Index of the first row that arrived after `sequence`. */
  indexAfterSequence(sequence: number): number {
    return this.#firstIndex((row) => row.sequence > sequence);
  }

  at(index: number): FeedRow | undefined {
    return this.#rows[index];
  }

  /** Adds a version; rows with the same update time keep the order in which they came. */
  insert(row: Record<string, unknown>, id: string, updatedAtMs: number): void {
    const bytes = Buffer.from(JSON.stringify(row));
    this.#sequenceLast += 1;
    const entry = { id, updatedAtMs, sequence: this.#sequenceLast, bytes, start: 0, end: bytes.length };
    const index =
      this.#order === "by-arrival" ? this.#rows.length : this.#firstIndex((other) => other.updatedAtMs > updatedAtMs);
    this.#rows.splice(index, 0, entry);
  }

  /**
   * Takes the latest version of `id` out of the list and returns it parsed.
   * @throws Error when the platform serves no row of that id.
   */
  take(id: string): Record<string, unknown> {
    const index = this.#rows.findLastIndex((row) => row.id === id);
    const row = this.#rows[index];
    if (row === undefined) throw new Error(`No row has the id ${id}; touch a row that the feed or append() brought.`);
    this.#rows.splice(index, 1);
    return JSON.parse(row.bytes.toString("utf8", row.start, row.end)) as Record<string, unknown>;
  }

  /** Takes every version of `id` out of the list; returns how many there were. */
  remove(id: string): number {
    const kept = this.#rows.filter((row) => row.id !== id);
    const removed = this.#rows.length - kept.length;
    this.#rows.splice(0, this.#rows.length, ...kept);
    return removed;
  }

  /** The JSON texts of rows [from, to), one by one. */
  texts(from: number, to: number): Buffer[] {
    return this.#rows.slice(from, to).map((row) => row.bytes.subarray(row.start, row.end));
  }

  /**
   * The JSON texts of rows [from, to) joined by commas, as buffers to concatenate.
   * Neighbours of the feed file are one range, because the loader put a comma between them.
   */
  joined(from: number, to: number): Buffer[] {
    const parts: Buffer[] = [];
    let first = this.#rows[from];
    for (let index = from; index < to && first !== undefined; index += 1) {
      const row = this.#rows[index];
      const next = index + 1 < to ? this.#rows[index + 1] : undefined;
      if (row === undefined) break;
      if (next !== undefined && next.bytes === row.bytes && next.start === row.end + 1) continue;
      if (parts.length > 0) parts.push(COMMA);
      parts.push(row.bytes.subarray(first.start, row.end));
      first = next;
    }
    return parts;
  }

  #firstIndex(reached: (row: FeedRow) => boolean): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[middle];
      if (row !== undefined && reached(row)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
