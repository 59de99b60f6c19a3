const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** Day 0 of the two systems; the first one counts 29 February 1900, which never was. ECMA-376, 18.17.4.1. */
const DAY_ZERO_1900_MS = Date.UTC(1899, 11, 30);
const DAY_ZERO_1904_MS = Date.UTC(1904, 0, 1);
const FALSE_LEAP_DAY = 60;
/** The day after 31 December 9999, and how much later the other system begins. */
const DAYS_MAX = 2_958_466;
const DAYS_BETWEEN = 1_462;
/** As many digits as spreadsheet programs show and promise. */
const DIGITS = 15;
/** From here on a number has more digits than the cell kept. */
const WHOLE_MAX = 10 ** DIGITS;

/**
 * A number as a person typed it: 15 digits, no trailing zeros, so that 0.30000000000000004 is 0.3. A whole number of more
 * digits has lost the last ones; it is given with an exponent, so that nobody takes it for an id.
 */
export function numberText(written: string): string {
  const value = Number(written);
  if (written.trim() === "" || !Number.isFinite(value)) return written;
  if (Math.abs(value) >= WHOLE_MAX) return value.toExponential(DIGITS - 1).toUpperCase();
  const text = value.toPrecision(DIGITS);
  if (text.includes("e")) return plainFraction(value);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A text without the escapes that XML's forbidden characters are written as, `_x000D_`. ECMA-376, 22.9.2.19. */
export function plainText(written: string): string {
  if (!written.includes("_x")) return written;
  return written.replaceAll(/_x([0-9a-f]{4})_/gi, (_escape, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

/**
 * The same text in memory of its own. What a parser cuts out keeps all that it was cut from, and whoever remembers an id
 * would remember the sheet.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}

/** A number that is written with an exponent because it is tiny. */
function plainFraction(value: number): string {
  return value.toFixed(20).replace(/\.?0+$/, "");
}

/** A serial number as `yyyy-mm-dd`, with `hh:mm:ss` where it has a part of a day, that alone before day 1; else the number. */
export function timeText(written: string, is1904: boolean): string {
  const serial = Number(written);
  const isDay = written.trim() !== "" && serial >= 0 && serial < DAYS_MAX - (is1904 ? DAYS_BETWEEN : 0);
  if (!isDay) return numberText(written);
  if (!is1904 && Math.floor(serial) === FALSE_LEAP_DAY) return "1900-02-29";
  const zeroMs = is1904 ? DAY_ZERO_1904_MS : DAY_ZERO_1900_MS + (serial < FALSE_LEAP_DAY ? DAY_MS : 0);
  const ofDayMs = Math.round((serial * DAY_MS) / SECOND_MS) * SECOND_MS;
  const text = new Date(zeroMs + ofDayMs).toISOString();
  if (ofDayMs % DAY_MS === 0) return text.slice(0, 10);
  return ofDayMs < DAY_MS ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}
