const COLUMNS_MAX = 64;
const WORDS_PER_COLUMN = 32;
/** The server counts days and microseconds from 2000-01-01. */
const DAYS_TO_2000 = 10_957;
const MS_TO_2000 = 946_684_800_000;
const MS_PER_DAY = 86_400_000;
/** Days whose text is kept: as good as all that occur. */
const DATES_MAX = 100_000;

const dates = new Map<number, string>();

function dateText(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date((DAYS_TO_2000 + day) * MS_PER_DAY);
  // Infinity, or a year that no source could send.
  const text = Number.isNaN(date.getTime()) ? `day ${day}` : date.toISOString().slice(0, 10);
  if (dates.size < DATES_MAX) dates.set(day, text);
  return text;
}

interface Word {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** One row of COPY's binary format at a time; columns are counted from 0, and null is NULL. */
export class CopiedRow {
  bytes: Buffer = Buffer.alloc(0);
  /** Where the next row begins. */
  at = 0;
  /** Bytes of the row. */
  length = 0;
  /** Where a column's value begins, and its length; -1 for NULL. */
  readonly starts = new Int32Array(COLUMNS_MAX);
  readonly lengths = new Int32Array(COLUMNS_MAX);
  /** Words that were met lately, by column, length and last byte; the last id of a column stands in its place. */
  readonly #words: (Word | undefined)[] = new Array(COLUMNS_MAX * WORDS_PER_COLUMN).fill(undefined);

  open(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** Goes to the next row; false where there is no whole one. */
  next(): boolean {
    const { bytes, starts, lengths } = this;
    const end = bytes.length;
    if (this.at + 2 > end) return false;
    const columns = bytes.readInt16BE(this.at);
    if (columns < 0) return false;
    if (columns > COLUMNS_MAX) throw new RangeError(`a row has ${columns} columns`);
    let at = this.at + 2;
    for (let column = 0; column < columns; column += 1) {
      if (at + 4 > end) return false;
      const length = bytes.readInt32BE(at);
      at += 4;
      starts[column] = at;
      lengths[column] = length;
      if (length > 0) at += length;
    }
    if (at > end) return false;
    this.length = at - this.at;
    this.at = at;
    return true;
  }

  isNull(column: number): boolean {
    return this.#length(column) < 0;
  }

  #start(column: number): number {
    return this.starts[column] as number;
  }

  #length(column: number): number {
    return this.lengths[column] as number;
  }

  /** A text; null for NULL. */
  text(column: number): string | null {
    const length = this.#length(column);
    if (length < 0) return null;
    const start = this.#start(column);
    return this.bytes.toString("utf8", start, start + length);
  }

  /** A text of which there are few, which are made once then. */
  word(column: number): string | null {
    const length = this.#length(column);
    if (length <= 0) return length < 0 ? null : "";
    const start = this.#start(column);
    const last = this.bytes[start + length - 1] as number;
    const place = column * WORDS_PER_COLUMN + ((length * 7 + last) % WORDS_PER_COLUMN);
    const known = this.#words[place];
    if (known !== undefined && isSame(known.bytes, this.bytes, start, length)) return known.text;
    const text = this.bytes.toString("utf8", start, start + length);
    this.#remember(place, text, start, length);
    return text;
  }

  #remember(place: number, text: string, start: number, length: number): void {
    this.#words[place] = { text, bytes: Uint8Array.prototype.slice.call(this.bytes, start, start + length) };
  }

  /** A smallint, an integer, or a bigint within the safe integers; not a number beyond them. */
  number(column: number): number | null {
    const start = this.#start(column);
    switch (this.#length(column)) {
      case 2:
        return this.bytes.readInt16BE(start);
      case 4:
        return this.bytes.readInt32BE(start);
      case 8: {
        const value = this.bytes.readInt32BE(start) * 0x1_0000_0000 + this.bytes.readUInt32BE(start + 4);
        return Number.isSafeInteger(value) ? value : Number.NaN;
      }
      default:
        return null;
    }
  }

  boolean(column: number): boolean {
    return this.bytes[this.#start(column)] === 1;
  }

  uuid(column: number): string | null {
    return this.#length(column) < 0 ? null : uuidText(this.bytes, this.#start(column));
  }

  /** A UUID that is often the same as in the row before, which is made once then. */
  repeatedUuid(column: number): string | null {
    const length = this.#length(column);
    if (length < 0) return null;
    const start = this.#start(column);
    const place = column * WORDS_PER_COLUMN;
    const last = this.#words[place];
    if (last !== undefined && isSame(last.bytes, this.bytes, start, length)) return last.text;
    const text = uuidText(this.bytes, start);
    this.#remember(place, text, start, length);
    return text;
  }

  /** A bytea, hex. */
  hex(column: number): string | null {
    const length = this.#length(column);
    if (length < 0) return null;
    const start = this.#start(column);
    return this.bytes.toString("hex", start, start + length);
  }

  /** A bytea; the bytes are those of the read, to be copied by who keeps them. */
  blob(column: number): Buffer | null {
    const length = this.#length(column);
    const start = this.#start(column);
    return length < 0 ? null : this.bytes.subarray(start, start + length);
  }

  date(column: number): string | null {
    return this.#length(column) < 0 ? null : dateText(this.bytes.readInt32BE(this.#start(column)));
  }

  /** Milliseconds since 1970 UTC; not a number where it is no whole millisecond. */
  instantMs(column: number): number | null {
    const microseconds = this.number(column);
    if (microseconds === null) return null;
    return microseconds % 1_000 === 0 ? microseconds / 1_000 + MS_TO_2000 : Number.NaN;
  }

  uuids(column: number): string[] {
    return this.#elements(column, (at) => uuidText(this.bytes, at));
  }

  numbers(column: number): number[] {
    const isLong = (length: number) => length === 8;
    return this.#elements(column, (at, length) =>
      isLong(length) ? Number(this.bytes.readBigInt64BE(at)) : this.bytes.readInt32BE(at),
    );
  }

  /** Elements of an array of one dimension without nulls. */
  #elements<Value>(column: number, decode: (at: number, length: number) => Value): Value[] {
    const start = this.#start(column);
    if (this.#length(column) < 0 || this.bytes.readInt32BE(start) === 0) return [];
    const values: Value[] = [];
    // Dimensions, whether there are nulls, the type; then length and lower bound of the one dimension.
    const count = this.bytes.readInt32BE(start + 12);
    for (let [index, at] = [0, start + 20]; index < count; index += 1) {
      const length = this.bytes.readInt32BE(at);
      values.push(decode(at + 4, length));
      at += 4 + length;
    }
    return values;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}

const UUID_BYTES = 16;
/** Where the two digits of each byte stand in a UUID's text, between its hyphens. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const HEX_DIGITS = Buffer.from("0123456789abcdef");
const uuidBytes = Buffer.from("00000000-0000-0000-0000-000000000000");

function uuidText(bytes: Buffer, start: number): string {
  for (let index = 0; index < UUID_BYTES; index += 1) {
    const byte = bytes[start + index] as number;
    const place = UUID_PLACES[index] as number;
    uuidBytes[place] = HEX_DIGITS[byte >> 4] as number;
    uuidBytes[place + 1] = HEX_DIGITS[byte & 15] as number;
  }
  return uuidBytes.toString("latin1");
}
