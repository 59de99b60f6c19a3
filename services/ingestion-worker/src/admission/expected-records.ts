import { type LocalDate, localDateAt } from "@xueshi/domain";

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const SLOTS_FIRST = 1_024;
/** A table this full is made twice as large, so that a key is found within a few steps. */
const FILL_MAX = 0.6;

export interface ExpectedDay {
  readonly before: number;
  readonly missing: number;
}

/**
 * The records that a pull must bring again, and which of them have come: some 17 bytes for a record and as much again
 * for room, so that a million of them fit where lists of keys would not. A record is told by 64 bits of its key; two that
 * share them count as one.
 */
export class ExpectedRecords {
  #high = new Uint32Array(SLOTS_FIRST);
  #low = new Uint32Array(SLOTS_FIRST);
  /** Update time of the newest stored version; `NaN` where the slot is free. */
  #timeMs = new Float64Array(SLOTS_FIRST).fill(Number.NaN);
  #hasCome = new Uint8Array(SLOTS_FIRST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param recordKey a uuid made of a digest */
  add(recordKey: string, updateTimeMs: number): void {
    if (this.#size >= this.#low.length * FILL_MAX) this.#grow();
    this.#put(highOf(recordKey), lowOf(recordKey), updateTimeMs, 0);
  }

  /** A row has come: its record is there, unless it is only an earlier version of it. */
  meet(recordKey: string, updateTimeMs: number | null): void {
    const slot = this.#slotOf(highOf(recordKey), lowOf(recordKey));
    const expectedMs = this.#timeMs[slot];
    if (expectedMs === undefined || Number.isNaN(expectedMs)) return;
    if (updateTimeMs === null || updateTimeMs >= expectedMs) this.#hasCome[slot] = 1;
  }

  /**
   * What was expected and what of it has not come, by day (Asia/Shanghai) of the update time; of the records from one
   * update time up to another, ms since 1970 UTC.
   */
  byDay(fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY): ReadonlyMap<LocalDate, ExpectedDay> {
    const counts = new Map<number, { readonly timeMs: number; before: number; missing: number }>();
    for (let slot = 0; slot < this.#timeMs.length; slot += 1) {
      const timeMs = this.#timeMs[slot];
      // What is not a number, where nothing is expected, lies in no range.
      if (timeMs === undefined || !(timeMs >= fromMs && timeMs <= untilMs)) continue;
      // A text for each of a million records would take half a second; days begin at eight hours before UTC's.
      const day = Math.floor((timeMs + SHANGHAI_OFFSET_MS) / DAY_MS);
      const count = counts.get(day) ?? { timeMs, before: 0, missing: 0 };
      counts.set(day, count);
      count.before += 1;
      if (this.#hasCome[slot] === 0) count.missing += 1;
    }
    return new Map(
      [...counts.values()].map(({ timeMs, before, missing }) => [localDateAt(timeMs), { before, missing }] as const),
    );
  }

  #put(high: number, low: number, timeMs: number, hasCome: number): void {
    const slot = this.#slotOf(high, low);
    if (Number.isNaN(this.#timeMs[slot])) this.#size += 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#timeMs[slot] = timeMs;
    this.#hasCome[slot] = hasCome;
  }

  /** The slot of a key, or the free one where it would be put. */
  #slotOf(high: number, low: number): number {
    const mask = this.#low.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      if (Number.isNaN(this.#timeMs[slot])) return slot;
      if (this.#low[slot] === low && this.#high[slot] === high) return slot;
    }
  }

  #grow(): void {
    const [high, low, timeMs, hasCome] = [this.#high, this.#low, this.#timeMs, this.#hasCome];
    const slots = low.length * 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#timeMs = new Float64Array(slots).fill(Number.NaN);
    this.#hasCome = new Uint8Array(slots);
    this.#size = 0;
    for (let slot = 0; slot < low.length; slot += 1) {
      const time = timeMs[slot] ?? Number.NaN;
      if (!Number.isNaN(time)) this.#put(high[slot] ?? 0, low[slot] ?? 0, time, hasCome[slot] ?? 0);
    }
  }
}

function highOf(recordKey: string): number {
  return Number.parseInt(recordKey.slice(0, 8), 16);
}

/** The digits before the one that says which kind of uuid it is, and those after it. */
function lowOf(recordKey: string): number {
  return Number.parseInt(recordKey.slice(9, 13) + recordKey.slice(15, 18) + recordKey.slice(20, 21), 16);
}
