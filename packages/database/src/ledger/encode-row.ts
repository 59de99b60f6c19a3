import type { CopiedRow } from "../connection/copied-row.ts";

/** How a field stands in the encoding: as a JSON string, or as a number; null where the column is. */
export type FieldKind = "text" | "uuid" | "hex" | "date" | "number" | "instant";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const FIRST_PRINTABLE = 0x20;
const NULL = Buffer.from("null");
const HEX_DIGITS = Buffer.from("0123456789abcdef");
/** Offsets of the hyphens in a UUID's bytes. */
const HYPHENS = new Set([4, 6, 8, 10]);

/**
 * Writes columns as one JSON array (RFC 8785, strings, whole numbers and nulls only) into bytes that are used again. The same
 * as `encodeEntry` of the core, byte by byte instead of value by value: most of what verifying an entry costs is this.
 */
export class RowEncoder {
  #bytes = Buffer.alloc(4_096);
  #at = 0;

  /** Begins an array whose first element is a whole number. */
  begin(format: number): void {
    this.#at = 0;
    this.#putAscii(`[${format}`);
  }

  /** The next element. */
  add(row: CopiedRow, column: number, kind: FieldKind): void {
    const length = row.lengths[column] as number;
    const start = row.starts[column] as number;
    this.#reserve(Math.max(0, length) * 6 + 64);
    this.#bytes[this.#at++] = COMMA;
    if (length < 0) this.#at += NULL.copy(this.#bytes, this.#at);
    else if (kind === "text") this.#putText(row.bytes, start, length);
    else if (kind === "number") this.#putAscii(numberText(row.number(column)));
    else if (kind === "instant") this.#putAscii(numberText(row.instantMs(column)));
    else {
      this.#bytes[this.#at++] = QUOTE;
      if (kind === "date") this.#putAscii(row.date(column) ?? "");
      else this.#putHex(row.bytes, start, length, kind === "uuid");
      this.#bytes[this.#at++] = QUOTE;
    }
  }

  /** Ends the array; the bytes are good until the next one begins. */
  end(): Buffer {
    this.#bytes[this.#at++] = 0x5d;
    return this.#bytes.subarray(0, this.#at);
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.alloc((this.#at + more) * 2);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  #putAscii(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#bytes[this.#at++] = text.charCodeAt(index);
  }

  #putText(from: Buffer, start: number, length: number): void {
    const begin = this.#at;
    const [to, end] = [this.#bytes, start + length];
    let at = begin;
    to[at++] = QUOTE;
    for (let index = start; index < end; index += 1) {
      const byte = from[index] as number;
      if (byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) {
        this.#at = begin + to.write(JSON.stringify(from.toString("utf8", start, end)), begin);
        return;
      }
      to[at++] = byte;
    }
    to[at++] = QUOTE;
    this.#at = at;
  }

  #putHex(from: Buffer, start: number, length: number, isUuid: boolean): void {
    const to = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const byte = from[start + index] as number;
      if (isUuid && HYPHENS.has(index)) to[at++] = 0x2d;
      to[at++] = HEX_DIGITS[byte >> 4] as number;
      to[at++] = HEX_DIGITS[byte & 15] as number;
    }
    this.#at = at;
  }
}

/** What is no number is written so: no entry could have said it, and it must not be taken for a null. */
function numberText(value: number | null): string {
  return value === null ? "null" : String(value);
}
