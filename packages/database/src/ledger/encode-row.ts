import type { CopiedRow } from "../connection/copied-row.ts";

/** How a field stands in the encoding: as a JSON string, or as a number; null where the column is. */
export type FieldKind = "text" | "uuid" | "hex" | "date" | "number" | "instant";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const HYPHEN = 0x2d;
const DIGIT_0 = 0x30;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const FIRST_PRINTABLE = 0x20;
const BYTE_VALUES = 256;
const UUID_BYTES = 16;
/** What a column of no bytes may take: a number, a date, its comma and quotes. */
const COLUMN_BYTES_MAX = 32;
/** A control character becomes six, as \u001f does. */
const ESCAPED_BYTES_MAX = 6;
const BILLION = 1_000_000_000;

const HEX_DIGITS = Buffer.from("0123456789abcdef");
/** The two digits of each byte, and which bytes of a text are escaped. */
const HIGH_DIGITS = Uint8Array.from({ length: BYTE_VALUES }, (_, byte) => HEX_DIGITS[byte >> 4] as number);
const LOW_DIGITS = Uint8Array.from({ length: BYTE_VALUES }, (_, byte) => HEX_DIGITS[byte & 15] as number);
const IS_ESCAPED = Uint8Array.from({ length: BYTE_VALUES }, (_, byte) =>
  byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** What an encoding is made of: its number, and which column stands next, as what. */
export interface Encoding {
  /** One digit. */
  readonly format: number;
  readonly columns: readonly number[];
  readonly kinds: readonly FieldKind[];
}

/**
 * Writes columns as one JSON array (RFC 8785, strings, whole numbers and nulls only) behind the number of the encoding, into
 * bytes that are used again. The same as `encodeEntry` of the core, byte by byte instead of value by value: most of what
 * verifying an entry costs is this and hashing it.
 */
export class RowEncoder {
  #bytes = Buffer.alloc(4_096);

  /** @returns the array; the bytes are good until the next one */
  encode(row: CopiedRow, { format, columns, kinds }: Encoding): Buffer {
    const needed = row.length * ESCAPED_BYTES_MAX + (columns.length + 1) * COLUMN_BYTES_MAX;
    if (needed > this.#bytes.length) this.#bytes = Buffer.alloc(needed * 2);
    const to = this.#bytes;
    const { bytes, starts, lengths } = row;
    to[0] = OPENING;
    to[1] = DIGIT_0 + format;
    let at = 2;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as number;
      const [start, length] = [starts[column] as number, lengths[column] as number];
      to[at++] = COMMA;
      if (length < 0) {
        at = putNull(to, at);
        continue;
      }
      switch (kinds[index]) {
        case "text":
          at = putText(to, at, bytes, start, length);
          break;
        case "number":
          at = putNumber(to, at, row.number(column));
          break;
        case "instant":
          at = putNumber(to, at, row.instantMs(column));
          break;
        case "date":
          at = putQuote(to, putAscii(to, putQuote(to, at), row.date(column) ?? ""));
          break;
        default:
          at = putQuote(to, at);
          at =
            kinds[index] === "uuid" && length === UUID_BYTES
              ? putUuid(to, at, bytes, start)
              : putHex(to, at, bytes, start, start + length);
          at = putQuote(to, at);
      }
    }
    to[at] = CLOSING;
    return to.subarray(0, at + 1);
  }
}

// Each of these writes from a place on, and returns the place behind what it wrote.

function putNull(to: Buffer, at: number): number {
  to[at] = 0x6e;
  to[at + 1] = 0x75;
  to[at + 2] = 0x6c;
  to[at + 3] = 0x6c;
  return at + 4;
}

function putQuote(to: Buffer, at: number): number {
  to[at] = QUOTE;
  return at + 1;
}

function putAscii(to: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) to[at + index] = text.charCodeAt(index);
  return at + text.length;
}

/** What is no number is written so: no entry could have said it, and it must not be taken for a null. */
function putNumber(to: Buffer, before: number, value: number | null): number {
  if (value === null || !Number.isSafeInteger(value)) return putAscii(to, before, String(value));
  const isNegative = value < 0;
  if (isNegative) to[before] = HYPHEN;
  const at = isNegative ? before + 1 : before;
  const size = Math.abs(value);
  if (size < BILLION) return putDigits(to, at, size, 1);
  const billions = Math.floor(size / BILLION);
  return putDigits(to, putDigits(to, at, billions, 1), size - billions * BILLION, 9);
}

/** A whole number below 2^31 in at least so many digits. */
function putDigits(to: Buffer, from: number, value: number, digitsMin: number): number {
  let end = from + digitsMin;
  for (let power = 10 ** digitsMin; power <= value; power *= 10) end += 1;
  let left = value | 0;
  for (let at = end - 1; at >= from; at -= 1) {
    const tens = (left / 10) | 0;
    to[at] = DIGIT_0 + left - tens * 10;
    left = tens;
  }
  return end;
}

function putText(to: Buffer, before: number, from: Buffer, start: number, length: number): number {
  let at = putQuote(to, before);
  const end = start + length;
  for (let index = start; index < end; index += 1) {
    const byte = from[index] as number;
    if (IS_ESCAPED[byte] === 1) return before + to.write(JSON.stringify(from.toString("utf8", start, end)), before);
    to[at] = byte;
    at += 1;
  }
  return putQuote(to, at);
}

function putUuid(to: Buffer, before: number, from: Buffer, start: number): number {
  let at = putHyphen(to, putHex(to, before, from, start, start + 4));
  at = putHyphen(to, putHex(to, at, from, start + 4, start + 6));
  at = putHyphen(to, putHex(to, at, from, start + 6, start + 8));
  at = putHyphen(to, putHex(to, at, from, start + 8, start + 10));
  return putHex(to, at, from, start + 10, start + UUID_BYTES);
}

function putHyphen(to: Buffer, at: number): number {
  to[at] = HYPHEN;
  return at + 1;
}

function putHex(to: Buffer, before: number, from: Buffer, start: number, end: number): number {
  let at = before;
  for (let index = start; index < end; index += 1) {
    const byte = from[index] as number;
    to[at] = HIGH_DIGITS[byte] as number;
    to[at + 1] = LOW_DIGITS[byte] as number;
    at += 2;
  }
  return at;
}
