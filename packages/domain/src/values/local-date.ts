/** A calendar date in Asia/Shanghai, `yyyy-mm-dd`. Strings of this form order as dates do. */
export type LocalDate = string & { readonly __localDate: unique symbol };

/** China has used UTC+8 without daylight saving since 1991-09-15; no date before 1992 takes part in any rule. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const DATE_PATTERN = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const UTC_INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;
const SHANGHAI_TIME_PATTERN = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/;

/** 0001-01-01T00:00:00Z, and the last millisecond of 9999 in Shanghai. */
const INSTANT_MS_MIN = -62_135_596_800_000;
const INSTANT_MS_MAX = 253_402_271_999_999;

/** True for milliseconds since 1970 UTC that texts and the database can hold: years of four digits. */
export function isInstant(instantMs: number): boolean {
  return Number.isInteger(instantMs) && instantMs >= INSTANT_MS_MIN && instantMs <= INSTANT_MS_MAX;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a date that exists in the Gregorian calendar, years 1–9999. */
export function isCalendarDate(year: number, month: number, day: number): boolean {
  if (!Number.isInteger(year) || year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const length = month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  return day <= length;
}

/** Reads `yyyy-mm-dd` or `yyyy/mm/dd`; null when the text is not such a date or the date does not exist. */
export function parseLocalDate(text: string): LocalDate | null {
  // Instants come here first, and have nothing to find.
  if (text.length > 10) return null;
  const match = DATE_PATTERN.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (!isCalendarDate(year, month, day)) return null;
  return `${match[1]}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` as LocalDate;
}

/** The date in Asia/Shanghai at an instant (milliseconds since 1970 UTC); the server's time zone plays no part. */
export function localDateAt(instantMs: number): LocalDate {
  return new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10) as LocalDate;
}

/**
 * Reads what platforms put into a date field: a date, or an instant with a zone, which is read in Asia/Shanghai
 * (`2018-12-31T16:00:00.000Z` is 2019-01-01). Null when it is neither.
 */
export function parseDateOrInstant(text: string): LocalDate | null {
  const date = parseLocalDate(text);
  if (date !== null) return date;
  if (!UTC_INSTANT_PATTERN.test(text)) return null;
  if (parseLocalDate(text.slice(0, 10)) === null) return null;
  const instantMs = Date.parse(text);
  return isInstant(instantMs) ? localDateAt(instantMs) : null;
}

/**
 * Reads an instant: with a zone as written, without one (`yyyy-mm-dd hh:mm:ss`) as Asia/Shanghai.
 * Returns milliseconds since 1970 UTC, or null.
 */
export function parseInstant(text: string): number | null {
  if (UTC_INSTANT_PATTERN.test(text)) {
    const instantMs = parseLocalDate(text.slice(0, 10)) === null ? Number.NaN : Date.parse(text);
    return isInstant(instantMs) ? instantMs : null;
  }
  const match = SHANGHAI_TIME_PATTERN.exec(text);
  if (match === null || parseLocalDate(match[1] ?? "") === null) return null;
  const instantMs = Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4]}.${(match[5] ?? "0").padEnd(3, "0")}Z`);
  return isInstant(instantMs - SHANGHAI_OFFSET_MS) ? instantMs - SHANGHAI_OFFSET_MS : null;
}

export function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}

/** The first instant after the date has ended in Asia/Shanghai, in milliseconds since 1970 UTC. */
export function endOfDayMs(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00Z`) - SHANGHAI_OFFSET_MS + DAY_MS;
}

/** The first instant of the date in Asia/Shanghai, in milliseconds since 1970 UTC. */
export function startOfDayMs(date: LocalDate): number {
  return endOfDayMs(date) - DAY_MS;
}

/** Whole days from the first to the last date, both included: 2020-02-28 … 2020-03-01 is 3. */
export function daysInclusive(from: LocalDate, until: LocalDate): number {
  return Math.round((endOfDayMs(until) - startOfDayMs(from)) / DAY_MS);
}

/** The date some days later, or earlier for a negative number. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return localDateAt(startOfDayMs(date) + days * DAY_MS);
}

/** The same day some months later, or the last one of that month where it has no such day: 01-31 and 1 is 02-28. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const monthIndex = yearOf(date) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const [year, month] = [Math.floor(monthIndex / 12), (monthIndex % 12) + 1];
  let day = Number(date.slice(8, 10));
  while (!isCalendarDate(year, month, day) && day > 28) day -= 1;
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` as LocalDate;
}
