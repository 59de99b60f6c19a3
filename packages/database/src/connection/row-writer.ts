const DAYS_TO_2000 = 10_957;
const MS_TO_2000 = 946_684_800_000;
const MS_PER_DAY = 86_400_000;
/** Of the years that are written with four digits, and so can be read again. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");
const UINT32 = 0x1_0000_0000;
/** Signature, no flags, no extension (PostgreSQL, COPY, "File Header"). */
const HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const TRAILER = -1;
const NULL_LENGTH = -1;
const FIRST_BYTES = 64 * 1_024;
/** Characters that are as quick to write one by one as by a call; most texts of a row are no longer. */
const SHORT_TEXT_MAX = 24;
/** A character takes three bytes at most: those of four are two of JavaScript's. */
const CHARACTER_BYTES_MAX = 3;
const HYPHEN = 0x2d;
/** More than a byte holds, as either digit. */
const NO_DIGIT = 0x100;
const BYTE_MAX = 0xff;
const ASCII_MAX = 0x7f;
const HEX_VALUES = new Int32Array(ASCII_MAX + 1).fill(NO_DIGIT);
for (const [value, digit] of [..."0123456789abcdef"].entries()) HEX_VALUES[digit.charCodeAt(0)] = value;
for (const [value, digit] of [..."ABCDEF"].entries()) HEX_VALUES[digit.charCodeAt(0)] = value + 10;
/** Behind every day of the year 0, which is none to the server. */
const NO_YEAR = "0000-99";
/** Days whose number is kept: as good as all that occur. */
const DATES_MAX = 100_000;

const dates = new Map<string, number>();

function dayOf(date: string): number {
  const known = dates.get(date);
  if (known !== undefined) return known;
  const instant = new Date(`${date}T00:00:00Z`);
  const isDate = !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === date && date > NO_YEAR;
  if (!isDate) throw new RangeError("a date column takes yyyy-mm-dd");
  const day = instant.getTime() / MS_PER_DAY - DAYS_TO_2000;
  if (dates.size < DATES_MAX) dates.set(date, day);
  return day;
}

/**
 * Rows in COPY's binary format, column by column in the order of the statement; null is NULL. The server takes a row so
 * for two fifths of the work that the same row costs it in text arrays. What a column could not hold is refused
 * here (RangeError), as the server would refuse its text.
 */
export class RowWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #at = HEADER.copy(this.#bytes);

  /** Begins the next row. */
  row(columns: number): void {
    this.#reserve(2);
    this.#view.setInt16(this.#at, columns);
    this.#at += 2;
  }

  smallint(value: number | null): void {
    if (!this.#begin(value, 2)) return;
    if ((value << 16) >> 16 !== value) throw new RangeError("a smallint column takes 16 bits");
    this.#view.setInt16(this.#at - 2, value);
  }

  integer(value: number | null): void {
    if (!this.#begin(value, 4)) return;
    if ((value | 0) !== value) throw new RangeError("an integer column takes 32 bits");
    this.#view.setInt32(this.#at - 4, value);
  }

  bigint(value: number | null): void {
    if (!this.#begin(value, 8)) return;
    if (!Number.isSafeInteger(value)) throw new RangeError("a bigint column takes safe integers");
    this.#putLong(value);
  }

  /** Milliseconds since 1970 UTC, for a timestamptz. */
  instant(instantMs: number | null): void {
    if (!this.#begin(instantMs, 8)) return;
    if (!Number.isSafeInteger(instantMs) || instantMs < FIRST_MS || instantMs > LAST_MS)
      throw new RangeError("a timestamptz column takes whole milliseconds of the years 1 to 9999");
    const microseconds = (instantMs - MS_TO_2000) * 1_000;
    if (Number.isSafeInteger(microseconds)) this.#putLong(microseconds);
    else this.#view.setBigInt64(this.#at - 8, BigInt(instantMs - MS_TO_2000) * 1_000n);
  }

  /** `yyyy-mm-dd` */
  date(date: string | null): void {
    if (this.#begin(date, 4)) this.#view.setInt32(this.#at - 4, dayOf(date));
  }

  uuid(uuid: string | null): void {
    if (!this.#begin(uuid, 16)) return;
    const at = this.#at - 16;
    const isUuid =
      uuid.length === 36 &&
      this.#putHex(uuid, 0, 8, at) &&
      uuid.charCodeAt(8) === HYPHEN &&
      this.#putHex(uuid, 9, 13, at + 4) &&
      uuid.charCodeAt(13) === HYPHEN &&
      this.#putHex(uuid, 14, 18, at + 6) &&
      uuid.charCodeAt(18) === HYPHEN &&
      this.#putHex(uuid, 19, 23, at + 8) &&
      uuid.charCodeAt(23) === HYPHEN &&
      this.#putHex(uuid, 24, 36, at + 10);
    if (!isUuid) throw new RangeError("a uuid column takes 32 hex digits in five groups");
  }

  /** A bytea, hex. */
  hex(hex: string | null): void {
    if (!this.#begin(hex, (hex?.length ?? 0) >> 1)) return;
    const isHex = hex.length % 2 === 0 && this.#putHex(hex, 0, hex.length, this.#at - (hex.length >> 1));
    if (!isHex) throw new RangeError("a bytea column takes pairs of hex digits");
  }

  text(text: string | null): void {
    if (text === null) {
      this.#begin(text, 0);
      return;
    }
    this.#reserve(4 + text.length * CHARACTER_BYTES_MAX);
    const start = this.#at + 4;
    const end = text.length > SHORT_TEXT_MAX ? 0 : this.#putShort(text, start);
    this.#at = end > 0 ? end : start + this.#bytes.write(text, start);
    this.#view.setInt32(start - 4, this.#at - start);
  }

  /** All rows, with the header and what ends them. The writer begins anew. */
  finish(): Buffer {
    this.#reserve(2);
    this.#view.setInt16(this.#at, TRAILER);
    const rows = this.#bytes.subarray(0, this.#at + 2);
    this.#take(Buffer.allocUnsafe(FIRST_BYTES));
    this.#at = HEADER.copy(this.#bytes);
    return rows;
  }

  /** Makes room for a value behind its length; false for NULL, which is a length alone. */
  #begin<Value>(value: Value | null, length: number): value is Value {
    this.#reserve(4 + length);
    if (value === null) {
      this.#view.setInt32(this.#at, NULL_LENGTH);
      this.#at += 4;
      return false;
    }
    this.#view.setInt32(this.#at, length);
    this.#at += 4 + length;
    return true;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#take(larger);
  }

  #take(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** Into the last eight bytes. */
  #putLong(value: number): void {
    const high = Math.floor(value / UINT32);
    this.#view.setInt32(this.#at - 8, high);
    this.#view.setUint32(this.#at - 4, value - high * UINT32);
  }

  /** Writes the bytes that digits say; false where one is none. */
  #putHex(text: string, from: number, until: number, at: number): boolean {
    const bytes = this.#bytes;
    let seen = 0;
    let values = 0;
    for (let index = from; index < until; index += 2) {
      const high = text.charCodeAt(index);
      const low = text.charCodeAt(index + 1);
      seen |= high | low;
      const value = ((HEX_VALUES[high & ASCII_MAX] as number) << 4) | (HEX_VALUES[low & ASCII_MAX] as number);
      values |= value;
      bytes[at++] = value;
    }
    return seen <= ASCII_MAX && values <= BYTE_MAX;
  }

  /** Returns where the text ends; 0 where it has surrogates. What was written of it then is written over. */
  #putShort(text: string, start: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code <= ASCII_MAX) bytes[at++] = code;
      else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else if (code < 0xd800 || code > 0xdfff) {
        bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else return 0;
    }
    return at;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
