import { normaliseText } from "./text.ts";

/** Hours (学时) are integers of hundredths everywhere inside: 1.5 hours = 150. */
const HOURS_PATTERN = /^([0-9]+)(?:\.([0-9]{1,2}))?$/;

/** Ten million hours: far beyond any implausible record, and it keeps every sum a safe integer. */
export const HOURS_HUNDREDTHS_MAX = 1_000_000_000;

/**
 * Reads hours as platforms write them (`"5.5"`, `8`, full-width `"５.５ "`) into hundredths.
 * Returns null when the text does not match `[0-9]+(\.[0-9]{1,2})?`, is 0, or is beyond {@link HOURS_HUNDREDTHS_MAX}.
 * Source: platforms.md, "What the rows mean", rule 2.
 */
export function parseHours(input: string | number): number | null {
  if (typeof input === "number" && Number.isSafeInteger(input)) {
    return input > 0 && input <= HOURS_HUNDREDTHS_MAX / 100 ? input * 100 : null;
  }
  const text = typeof input === "number" ? String(input) : normaliseText(input);
  const match = HOURS_PATTERN.exec(text);
  if (match === null) return null;
  const whole = match[1] ?? "";
  if (whole.length > 12) return null;
  const fraction = (match[2] ?? "").padEnd(2, "0");
  const hundredths = Number(whole) * 100 + Number(fraction);
  return hundredths > 0 && hundredths <= HOURS_HUNDREDTHS_MAX ? hundredths : null;
}

/** Hundredths as the JSON number of the API (at most two decimals): 150 → 1.5. Division by 100 is exact to 2 decimals. */
export function hoursToNumber(hoursHundredths: number): number {
  return hoursHundredths / 100;
}

/** Hundredths as text without trailing zeros: 150 → "1.5", 9000 → "90". */
export function formatHours(hoursHundredths: number): string {
  const sign = hoursHundredths < 0 ? "-" : "";
  const absolute = Math.abs(hoursHundredths);
  const whole = Math.trunc(absolute / 100);
  const fraction = absolute % 100;
  if (fraction === 0) return `${sign}${whole}`;
  const digits = fraction % 10 === 0 ? String(fraction / 10) : String(fraction).padStart(2, "0");
  return `${sign}${whole}.${digits}`;
}
