import { ACTIVITY_UNITS, RECOGNITION_CAP_PERIODS, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { cited, code, hours, name, text, year } from "../cited-values.ts";

const rank = z.int().min(1).max(1000);
const part = z.int().min(1).max(100);

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
