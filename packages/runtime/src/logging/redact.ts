const mark = "***";

/*
 * Any run of 15 or more digits (half or full width), with the X that may end it: a resident id is 15 digits,
 * or 17 and a digit or X (GB 11643), and a mistyped one is as personal as a right one, so no check digit is asked.
 * A hexadecimal token of 32 or more is matched first and kept when it has a letter: a digest or key id.
 */
const suspect = /[0-9a-f]{32,}|[0-9０-９]{15,}[XxＸｘ]?/gi;
const digitRun = /[0-9０-９]{15,}/;
const hexLetter = /[a-f]/i;

/** True when the text holds something that `redactText` may have to hide. Cheap: no allocation. */
export function mayHoldResidentId(text: string): boolean {
  return digitRun.test(text);
}

/** The text with `***` for everything that looks like a resident id number. */
function redactText(text: string): string {
  return text.replace(suspect, (token) => (token.length >= 32 && hexLetter.test(token) ? token : mark));
}

/** The plain JSON value with every string, key and number in it redacted; a number that is hidden becomes text. */
export function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "number") return mayHoldResidentId(String(value)) ? mark : value;
  if (Array.isArray(value)) return value.map(redactValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [redactText(key), redactValue(held)]));
}
