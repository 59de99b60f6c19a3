import { SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
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

const platformSchema = z
  .object({
    name: sourceName,
    title,
    connection: connectionSchema,
    mapping: mappingSchema,
    subjects: subjectsSchema,
    /** Five-field cron in the given time zone. */
    schedule: z.object({ cron: z.string().regex(/^\S+( \S+){4}$/), timeZone: z.literal("Asia/Shanghai") }).readonly(),
    /** An answer is stale when the last complete pull is older (platforms.md, rule 8). */
    expectations: z.object({ maxAgeHours: z.int().min(1).max(8_760) }).readonly(),
  })
  .readonly();

const pushSourceSchema = z.object({ name: sourceName, title, subjects: subjectsSchema }).readonly();

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
