import { isCalendarDate } from "./local-date.ts";

/** A valid resident identity number in its 18-character form (GB 11643). Personal data: mask it before it is shown. */
export type ResidentId = string & { readonly __residentId: unique symbol };

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = "10X98765432";
const NORMAL_FORM = /^\d{17}[\dX]$/;

/** The ISO 7064 MOD 11-2 check character of the first 17 digits. */
export function residentIdCheckCharacter(first17: string): string {
  let sum = 0;
  for (let index = 0; index < 17; index += 1) sum += (first17.charCodeAt(index) - 48) * (WEIGHTS[index] ?? 0);
  return CHECK_CHARACTERS[sum % 11] ?? "";
}

/**
 * The normal form before judging: NFKC, trimmed, upper case; 15 digits become 18 (19 inserted, check character computed).
 * The result need not be valid. Source: platforms.md, "What the rows mean", rule 2.
 */
export function normaliseResidentId(input: string): string {
  if (NORMAL_FORM.test(input)) return input;
  const text = input.normalize("NFKC").trim().toUpperCase();
  if (!/^\d{15}$/.test(text)) return text;
  const first17 = `${text.slice(0, 6)}19${text.slice(6)}`;
  return first17 + residentIdCheckCharacter(first17);
}

/** The valid resident id of a text in any accepted form, or null (wrong form, check character or birth date). */
export function parseResidentId(input: string): ResidentId | null {
  const text = normaliseResidentId(input);
  if (!NORMAL_FORM.test(text)) return null;
  if (residentIdCheckCharacter(text) !== text[17]) return null;
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number);
  return isCalendarDate(year ?? 0, month ?? 0, day ?? 0) ? (text as ResidentId) : null;
}

/** For people and logs: `330899********1234`. Never reversible. */
export function maskResidentId(id: string): string {
  return id.length < 10 ? "*".repeat(id.length) : `${id.slice(0, 6)}${"*".repeat(id.length - 10)}${id.slice(-4)}`;
}
