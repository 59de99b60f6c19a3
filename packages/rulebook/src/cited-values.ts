import { PROVENANCES, parseHours, parseLocalDate } from "@xueshi/domain";
import { z } from "zod";

export const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be kebab-case, such as quzhou-city");
export const text = z.string().trim().min(1, "must not be empty");
export const year = z.int().min(1990).max(2100);
export const date = z
  .string()
  .refine((value) => parseLocalDate(value) === value, "must be an existing date, yyyy-mm-dd")
  .meta({ pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" });
/** Editors are not told of the decimals: they divide binary fractions, and 90 is no multiple of 0.01 for them. */
export const hours = z
  .number()
  .refine((value) => parseHours(value) !== null, "must be hours above 0 with at most two decimals, such as 90 or 1.5")
  .meta({ exclusiveMinimum: 0 });
export const code = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be snake_case, such as total");

/**
 * Every value says where it comes from; `quote` is the sentence of the cited text, for readers and for proof. The two
 * dates stand here only where they are not those of the file.
 */
export const cited = {
  citation: z.strictObject({ document: text, clause: text }),
  provenance: z.enum(PROVENANCES),
  quote: text.exactOptional(),
  publishedOn: date.exactOptional(),
  lastVerifiedOn: date.exactOptional(),
};
