import { PLAUSIBILITY_DEFAULT, PLAUSIBILITY_EFFECTS, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { checkSqlMapping } from "./check-sql-mapping.ts";
import { connectionSchema } from "./connection.ts";
import { mappingSchema } from "./mapping.ts";

const subject = z.enum(SUBJECTS);
const codeTable = z.record(z.string().min(1), subject).readonly();
const sourceName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/);
const title = z.object({ zh: z.string().min(1), en: z.string().min(1) }).readonly();

/** How a source says the subject; the codes of two sources collide in meaning, so each has its own table. */
const subjectsSchema = z
  .object({
    /** Classes of the course catalogue, where the subject hides in the course; null: the source has no catalogue. */
    catalogueClasses: codeTable.nullable(),
    /** Codes that name a subject directly; null: the source has no such codes. */
    codes: codeTable.nullable(),
    /** True when the source may send the subject's own name (`professional`, …). */
    acceptsNames: z.boolean(),
  })
  .readonly();

/** What is expected of a platform's answers: beyond it, what is known is too old, or a pull is suspicious. */
const expectationsSchema = z
  .object({
    /** An answer is stale when the last complete pull is older (platforms.md, rule 8). */
    maxAgeHours: z.int().min(1).max(8_760),
    /** The share of the records of a range read again that may be gone. */
    vanishedShareMax: z.number().min(0).max(1).default(0.2),
    /** The share of the rows of a file that comes again, or of a whole listing, that may be gone. */
    dropShareMax: z.number().min(0).max(1).default(0.5),
    /** Fewer records or rows than this are never missed. */
    missingRowsMin: z.int().min(1).default(5),
  })
  .readonly();

const effect = z.enum(PLAUSIBILITY_EFFECTS).default("flag");

/** What happens to rows that can hardly be right (platforms.md, rule 9); each is flagged unless it says otherwise. */
const plausibilitySchema = z
  .strictObject({
    more_hours_than_days_hold: effect,
    updated_before_obtained: effect,
    training_in_future: effect,
    registered_long_after_end: effect,
    title_names_other_year: effect,
    registeredAfterDaysMax: z.int().min(0).max(3_660).default(PLAUSIBILITY_DEFAULT.registeredAfterDaysMax),
    titleYearsApartMax: z.int().min(0).max(50).default(PLAUSIBILITY_DEFAULT.titleYearsApartMax),
  })
  .readonly()
  .default(PLAUSIBILITY_DEFAULT);

const platformSchema = z
  .object({
    name: sourceName,
    title,
    connection: connectionSchema,
    mapping: mappingSchema,
    subjects: subjectsSchema,
    /** Five-field cron in the given time zone. */
    schedule: z.object({ cron: z.string().regex(/^\S+( \S+){4}$/), timeZone: z.literal("Asia/Shanghai") }).readonly(),
    expectations: expectationsSchema,
    plausibility: plausibilitySchema,
  })
  .superRefine(({ connection, mapping }, context) => {
    for (const message of checkSqlMapping(connection, mapping)) context.addIssue({ code: "custom", message });
  })
  .readonly();

const pushSourceSchema = z
  .object({ name: sourceName, title, subjects: subjectsSchema, plausibility: plausibilitySchema })
  .readonly();

export type Subjects = z.infer<typeof subjectsSchema>;

/** A platform that is pulled. */
export type Platform = z.infer<typeof platformSchema>;

/** A training platform that sends its records itself and registers for a platform of record. */
export type PushSource = z.infer<typeof pushSourceSchema>;

/** @throws ZodError naming the wrong setting: a platform's folder is checked when the process starts. */
export function definePlatform(settings: z.input<typeof platformSchema>): Platform {
  return platformSchema.parse(settings);
}

/** @throws ZodError naming the wrong setting. */
export function definePushSource(settings: z.input<typeof pushSourceSchema>): PushSource {
  return pushSourceSchema.parse(settings);
}
