import { type LocalDate, parseInstant, parseLocalDate } from "@xueshi/domain";
import { z } from "zod";
import type { FieldErrorCode } from "../catalogue/field-errors.ts";

/** Text without control characters (line breaks and tabs pass) or lone surrogates: what PostgreSQL and UTF-8 can hold. */
const STORABLE_PATTERN = /^[\P{C}\p{Cf}\p{Co}\p{Cn}\t\n\r]*$/u;
const KEBAB_PATTERN = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const ZONE_PATTERN = /(?:Z|[+-]\d{2}:\d{2})$/;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const VERDICT_ID_PATTERN = /^[A-Za-z0-9_-]{43}$/;
const REFERENCE_PATTERN = /^[A-Za-z0-9._:-]+$/;

/** No rule looks at other days, and windows reach some years beyond the dates that they are asked with. */
const DATE_MIN = "1900-01-01";
const DATE_MAX = "2199-12-31";

/** What separates the languages of a description; the document shows both, the docs page the reader's. */
export const NOTE_SEPARATOR = " / ";

/** The description of a field in Chinese and in English, as schema metadata. */
export function note(zh: string, en: string): { readonly description: string } {
  return { description: `${zh}${NOTE_SEPARATOR}${en}` };
}

/** Adds an issue that `fieldErrors` reports under the given code. */
export function issue(code: FieldErrorCode, path: PropertyKey[] = [], details: Readonly<Record<string, string>> = {}) {
  return { code: "custom", path, params: { code, details } } as const;
}

/** Text of 0 to `charactersMax` UTF-16 units. */
export function text(charactersMax: number) {
  return z.string().max(charactersMax).regex(STORABLE_PATTERN);
}

/** Text that must not be empty. */
export function requiredText(charactersMax: number) {
  return z.string().min(1).max(charactersMax).regex(STORABLE_PATTERN);
}

/** Names of things: `quzhou-city`, `annual-duty`. */
export const kebabName = z.string().min(1).max(64).regex(KEBAB_PATTERN);

/** Lower-case UUID, as every id that this service gives out. */
export const uuid = z.string().regex(UUID_PATTERN).meta({ format: "uuid" });

/** Id of a kept verdict: 32 bytes as base64url, of which half are random. */
export const verdictIdText = z.string().regex(VERDICT_ID_PATTERN);

/** A caller's own reference for one item; it comes back beside the answer. */
export const reference = z.string().min(1).max(64).regex(REFERENCE_PATTERN);

/** A calendar date that exists, `yyyy-mm-dd`, read in Asia/Shanghai. */
export const localDate = z
  .string()
  .regex(DATE_PATTERN)
  .meta({ format: "date" })
  .transform((value, context): LocalDate => {
    const date = parseLocalDate(value);
    if (date !== null && date >= DATE_MIN && date <= DATE_MAX) return date;
    context.addIssue(issue("date_invalid"));
    return z.NEVER;
  });

/** An instant with its zone, as milliseconds since 1970 UTC. */
export const instantMs = z
  .string()
  .max(40)
  .meta({ format: "date-time" })
  .transform((value, context): number => {
    const milliseconds = ZONE_PATTERN.test(value) ? parseInstant(value) : null;
    if (milliseconds !== null) return milliseconds;
    context.addIssue(issue("instant_invalid"));
    return z.NEVER;
  });

/** A year that a rule set could be about. */
export const declarationYear = z.int().min(1992).max(2100);

/** An integer in a query string, within bounds. */
export function queryInteger(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));
}

/** Output only: hours as a JSON number with at most two decimals. */
export const hoursOut = z.number().meta(note("学时，至多两位小数", "hours, at most two decimals"));

/** Output only: an instant as ISO 8601 in Asia/Shanghai. */
export const instantOut = z.string().meta({ format: "date-time", examples: ["2020-07-31T08:00:00.000+08:00"] });
