import {
  ACTIVITY_UNITS,
  PROVENANCES,
  parseHours,
  parseLocalDate,
  RECOGNITION_CAP_PERIODS,
  SUBJECTS,
} from "@xueshi/domain";
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be kebab-case, such as patent-invention");
const code = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be snake_case, such as route_a");
const text = z.string().trim().min(1, "must not be empty");
const year = z.int().min(1990).max(2100);
const date = z.string().refine((value) => parseLocalDate(value) === value, "must be an existing date, yyyy-mm-dd");
const hours = z
  .number()
  .refine((value) => parseHours(value) !== null, "must be hours above 0 with at most two decimals, such as 90 or 1.5");
const rank = z.int().min(1).max(1000);
const part = z.int().min(1).max(100);

/** Every value says where it comes from. */
const cited = {
  citation: z.strictObject({ document: text, clause: text }),
  provenance: z.enum(PROVENANCES),
  quote: text.exactOptional(),
  publishedOn: date.exactOptional(),
  lastVerifiedOn: date.exactOptional(),
};

const levelHours = z.strictObject({ level: name, givesHours: hours, ...cited });

const rankShare = z.strictObject({
  fromRank: rank,
  untilRank: rank.nullable(),
  numerator: part,
  denominator: part,
  ...cited,
});

const conversion = z.strictObject({
  code: name,
  title: text,
  pathway: name,
  /** The subject that it gives; left out where the hours are of the subject claimed. */
  subject: z.enum(SUBJECTS).exactOptional(),
  unit: z.enum(ACTIVITY_UNITS),
  /** Hours for `forUnits` units, or `as-stated`; left out where `levels` say it. */
  givesHours: z.union([hours, z.literal("as-stated")]).exactOptional(),
  forUnits: z.int().min(1).max(10_000).exactOptional(),
  levels: z.array(levelHours).min(1).exactOptional(),
  rankShares: z.array(rankShare).min(1).exactOptional(),
  firstAuthorExtra: z.array(levelHours).min(1).exactOptional(),
  ...cited,
});

const cap = z.strictObject({
  id: code,
  per: z.enum(RECOGNITION_CAP_PERIODS),
  mostHours: hours,
  pathways: z.array(name).min(1).exactOptional(),
  conversions: z.array(name).min(1).exactOptional(),
  ...cited,
});

/** A recognition file as it is written: how activities become hours under one rule set, hours in 学时. */
export const recognitionFileSchema = z.strictObject({
  id: name,
  version: text,
  title: text,
  place: name,
  /** Null where the source does not say for which years it is. */
  years: z.strictObject({ from: year, until: year }).nullable(),
  sameAchievement: z.strictObject(cited),
  conversions: z.array(conversion).min(1),
  caps: z.array(cap).default([]),
  ...cited,
});
export type RecognitionFile = z.infer<typeof recognitionFileSchema>;
