import type { CopiedRow } from "../connection/copied-row.ts";

/** How a field stands in the encoding: as a JSON string, or as a number; null where the column is. */
export type FieldKind = "text" | "uuid" | "hex" | "date" | "number" | "instant";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const HYPHEN = 0x2d;
const DIGIT_0 = 0x30;
const FIRST_PRINTABLE = 0x20;
const HEX_DIGITS = Buffer.from("0123456789abcdef");
/** Bytes of a UUID between its hyphens. */
const UUID_PARTS = [4, 2, 2, 2, 6];
/** What a column of no bytes may take: a number, a date, its comma and quotes. */
const UUID_BYTES = 16;
const COLUMN_BYTES_MAX = 32;
/** A control character becomes six, as \u001f does. */
const ESCAPED_BYTES_MAX = 6;
const BILLION = 1_000_000_000;

/**
 * Writes columns as one JSON array (RFC 8785, strings, whole numbers and nulls only) into bytes that are used again. The same
 * as `encodeEntry` of the core, byte by byte instead of value by value: most of what verifying an entry costs is this.
 */
export class RowEncoder {
  #bytes = Buffer.alloc(4_096);
  #at = 0;

  /**
   * @param format the array's first element, a whole number
   * @param kinds of the row's first columns, which are its next ones
   * @param more columns behind them, each with its kind
   * @returns the array; the bytes are good until the next one
   */
  encode(row: CopiedRow, format: number, kinds: readonly FieldKind[], more: readonly [number, FieldKind][]): Buffer {
    this.#begin(row, kinds.length + more.length + 1);
    this.#putAscii(`[${format}`);
    for (let column = 0; column < kinds.length; column += 1) this.#add(row, column, kinds[column] as FieldKind);
    for (const [column, kind] of more) this.#add(row, column, kind);
    this.#bytes[this.#at++] = 0x5d;
    return this.#bytes.subarray(0, this.#at);
  }

  #begin(row: CopiedRow, columns: number): void {
    this.#at = 0;
    const needed = row.length * ESCAPED_BYTES_MAX + columns * COLUMN_BYTES_MAX;
    if (needed > this.#bytes.length) this.#bytes = Buffer.alloc(needed * 2);
  }

  #add(row: CopiedRow, column: number, kind: FieldKind): void {
    const length = row.lengths[column] as number;
    const start = row.starts[column] as number;
    this.#bytes[this.#at++] = COMMA;
    if (length < 0) this.#putNull();
    else if (kind === "text") this.#putText(row.bytes, start, length);
    else if (kind === "number") this.#putNumber(row.number(column));
    else if (kind === "instant") this.#putNumber(row.instantMs(column));
    else {
      this.#bytes[this.#at++] = QUOTE;
      if (kind === "date") this.#putAscii(row.date(column) ?? "");
      else if (kind === "hex" || length !== UUID_BYTES) this.#putHex(row.bytes, start, length);
      else this.#putUuid(row.bytes, start);
      this.#bytes[this.#at++] = QUOTE;
    }
  }

  #putNull(): void {
    const to = this.#bytes;
    const at = this.#at;
    to[at] = 0x6e;
    to[at + 1] = 0x75;
    to[at + 2] = 0x6c;
    to[at + 3] = 0x6c;
    this.#at = at + 4;
  }

  #putAscii(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#bytes[this.#at++] = text.charCodeAt(index);
  }

  /** What is no number is written so: no entry could have said it, and it must not be taken for a null. */
  #putNumber(value: number | null): void {
    if (value === null || !Number.isSafeInteger(value)) {
      this.#putAscii(String(value));
      return;
    }
    if (value < 0) this.#bytes[this.#at++] = HYPHEN;
    const size = Math.abs(value);
    if (size < BILLION) {
      this.#putDigits(size, 1);
      return;
    }
    const billions = Math.floor(size / BILLION);
    this.#putDigits(billions, 1);
    this.#putDigits(size - billions * BILLION, 9);
  }

  /** A whole number below 2^31 in at least so many digits. */
  #putDigits(value: number, digitsMin: number): void {
    let digits = digitsMin;
    for (let power = 10 ** digits; power <= value; power *= 10) digits += 1;
    let left = value | 0;
    for (let at = this.#at + digits - 1; at >= this.#at; at -= 1) {
      const tens = (left / 10) | 0;
      this.#bytes[at] = DIGIT_0 + left - tens * 10;
      left = tens;
    }
    this.#at += digits;
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

  #putUuid(from: Buffer, start: number): void {
    let at = start;
    for (const length of UUID_PARTS) {
      if (at !== start) this.#bytes[this.#at++] = HYPHEN;
      this.#putHex(from, at, length);
      at += length;
    }
  }

  #putHex(from: Buffer, start: number, length: number): void {
    const to = this.#bytes;
    let at = this.#at;
    for (let index = start; index < start + length; index += 1) {
      const byte = from[index] as number;
      to[at++] = HEX_DIGITS[byte >> 4] as number;
      to[at++] = HEX_DIGITS[byte & 15] as number;
    }
    this.#at = at;
  }
}
