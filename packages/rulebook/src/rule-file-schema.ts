import { AUTHORITY_MODES, KINDS, LEVELS, PROVENANCES, parseHours, parseLocalDate, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be kebab-case, such as quzhou-city");
const text = z.string().trim().min(1, "must not be empty");
const year = z.int().min(1990).max(2100);
const date = z.string().refine((value) => parseLocalDate(value) === value, "must be an existing date, yyyy-mm-dd");
const hours = z
  .number()
  .refine((value) => parseHours(value) !== null, "must be hours above 0 with at most two decimals, such as 90 or 1.5");

/** Every value says where it comes from; `quote` is the sentence of the cited text, for readers and for proof. */
const cited = {
  citation: z.strictObject({ document: text, clause: text }),
  provenance: z.enum(PROVENANCES),
  quote: text.optional(),
};

const requirement = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, "must be snake_case, such as total"),
  kind: z.literal("floor"),
  subjects: z.union([z.literal("all"), z.array(z.enum(SUBJECTS)).min(1)]),
  hours,
  ...cited,
});

const notice = z.strictObject({ code: z.literal("year_below_annual_duty"), hours, ...cited });

const when = z.strictObject({
  kind: z.enum(KINDS),
  levels: z.array(z.enum(LEVELS)).min(1).exactOptional(),
  educations: z.array(name).min(1).exactOptional(),
});

const answeredRow = z.strictObject({
  id: name,
  title: text,
  when,
  answer: z.literal("requirements"),
  windowYears: z.int().min(1).max(20),
  requirements: z.array(requirement).min(1),
  notices: z.array(notice),
  ...cited,
});

const delegatedRow = z.strictObject({
  id: name,
  title: text,
  when,
  answer: z.literal("delegated"),
  delegatedTo: text,
  ...cited,
});

const authority = z.strictObject({
  series: z.union([z.literal("*"), z.array(name).min(1)]),
  mode: z.enum(AUTHORITY_MODES),
  platforms: z.array(name),
  ...cited,
});

const source = z.strictObject({ source: name, platform: name, from: date, until: date.nullable(), ...cited });

const freshness = z.strictObject({
  platform: z.union([z.literal("*"), name]),
  maxAgeHours: z.int().min(1).max(8760),
  ...cited,
});

/** A rule file as it is written: law as dated, cited values, hours in 学时. */
export const ruleFileSchema = z.strictObject({
  id: name,
  version: text,
  place: name,
  years: z.strictObject({ from: year, until: year }),
  title: text,
  publishedOn: date,
  lastVerifiedOn: date,
  declarations: z.array(z.discriminatedUnion("answer", [answeredRow, delegatedRow])).min(1),
  authorities: z.array(authority).min(1),
  sources: z.array(source),
  freshness: z.array(freshness).min(1),
  ...cited,
});
export type RuleFile = z.infer<typeof ruleFileSchema>;

const term = z.strictObject({ code: name, label: text });

/** The closed lists of series and education. */
export const vocabularySchema = z.strictObject({ series: z.array(term).min(1), educations: z.array(term).min(1) });
