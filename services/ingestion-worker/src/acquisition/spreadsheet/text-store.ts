import { SpreadsheetFault } from "./spreadsheet-fault.ts";

const BLOCK_BYTES = 1_048_576;
/** What a text takes beside its own bytes. */
const PLACE_BYTES = 12;

/**
 * Very many texts in little memory: UTF-8 in blocks, and where each begins. A sheet of 100,000 rows names several hundred
 * thousand of them, and as strings of their own they would take ten times the room.
 */
export class TextStore {
  readonly #bytesMax: number;
  readonly #blocks: Buffer[] = [];
  #used = BLOCK_BYTES;
  #bytes = 0;
  #count = 0;
  /** Of each text: its block, its place in it and its length. */
  #places = new Uint32Array(3 * 1_024);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws {@link SpreadsheetFault} `too_large`. */
  add(text: string): void {
    const length = Buffer.byteLength(text);
    this.#bytes += length + PLACE_BYTES;
    if (this.#bytes > this.#bytesMax) throw new SpreadsheetFault("too_large");
    if (this.#used + length > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafe(Math.max(BLOCK_BYTES, length)));
      this.#used = 0;
    }
    const block = this.#blocks.length - 1;
    this.#blocks[block]?.write(text, this.#used);
    if (this.#count * 3 === this.#places.length) {
      const places = new Uint32Array(this.#places.length * 2);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places.set([block, this.#used, length], this.#count * 3);
    this.#used += length;
    this.#count += 1;
  }

  /** The text at a place, or null when there is none. */
  get(index: number): string | null {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return null;
    const [block = 0, start = 0, length = 0] = this.#places.subarray(index * 3, index * 3 + 3);
    return this.#blocks[block]?.toString("utf8", start, start + length) ?? null;
  }
}
