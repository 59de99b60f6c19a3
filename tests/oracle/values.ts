/** The value rules of the oracle: written from the rules alone, importing nothing from the product. */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const CHECK_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = "10X98765432";

/** Text as it is compared: NFKC, trimmed. Null and undefined read as the empty text. */
export function readText(value: unknown): string {
  return value === null || value === undefined ? "" : String(value).normalize("NFKC").trim();
}

/** A name without inner spaces. */
export function readName(value: unknown): string {
  return readText(value).replace(/\s+/gu, "");
}

/** ISO 7064 MOD 11-2 over the first 17 digits (GB 11643). */
export function checkDigit(first17: string): string {
  const sum = CHECK_WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return CHECK_DIGITS[sum % 11] ?? "";
}

/** An id in its one form: upper case, 15 digits raised to 18. Says nothing about validity. */
export function readIdNumber(value: unknown): string {
  const text = readText(value).toUpperCase();
  if (!/^[0-9]{15}$/.test(text)) return text;
  const first17 = `${text.slice(0, 6)}19${text.slice(6)}`;
  return first17 + checkDigit(first17);
}

/** True for 17 digits and the right check digit around a day of the calendar. Takes what readIdNumber gives. */
export function isIdNumber(id: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(id)) return false;
  if (checkDigit(id.slice(0, 17)) !== id[17]) return false;
  return isDate(`${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`);
}

/** True for a day that the calendar has, 'yyyy-mm-dd'. */
export function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}

/** Hours as hundredths; null when they do not match `[0-9]+(\.[0-9]{1,2})?` after NFKC and trim. Zero is 0. */
export function readHoursHundredths(value: unknown): number | null {
  const match = /^([0-9]+)(?:\.([0-9]{1,2}))?$/.exec(readText(value));
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

/** The day in Shanghai of a date ('yyyy-mm-dd' or 'yyyy/mm/dd') or of a UTC instant; other text stays as it is. */
export function readDate(value: unknown): string {
  const text = readText(value).replaceAll("/", "-");
  if (!text.endsWith("Z") || Number.isNaN(Date.parse(text))) return text;
  return new Date(Date.parse(text) + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** Milliseconds since the epoch of 'yyyy-MM-dd HH:mm:ss' in Shanghai, of an ISO instant, or of a number of them. */
export function readInstantMs(value: unknown): number {
  const text = readText(value);
  if (/^[0-9]+$/.test(text)) return Number(text);
  return Date.parse(/Z|[+-][0-9]{2}:[0-9]{2}$/.test(text) ? text : `${text.replace(" ", "T")}+08:00`);
}

/** A title reduced to what tells achievements apart: NFKC, without spaces, punctuation and symbols; digits stay. */
export function reduceTitle(value: unknown): string {
  return readText(value).replace(/[\s\p{Z}\p{P}\p{S}]/gu, "");
}
