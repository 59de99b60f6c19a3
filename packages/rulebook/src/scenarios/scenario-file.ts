import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS, LEVELS, PERSON_FACTS, RECORD_STATES, SUBJECTS, UNCOUNTED_CODES, VERDICT_REASONS } from "@xueshi/domain";
import { parse } from "yaml";
import { z } from "zod";

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const time = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
const hours = z.number().positive();
const notCounted = z.union([
  z.enum(RECORD_STATES),
  z.enum(UNCOUNTED_CODES),
  z.enum(["identity_conflict", "hours_invalid", "date_invalid"]),
]);

/** One row of the person's: a record as it stands, or (with `row`) a held or refused row of it. */
const record = z.strictObject({
  id: z.string(),
  /** 获得日期. */
  on: date,
  /** Attributed year; the year of `on` unless the platform says another. */
  year: z.int().optional(),
  hours: hours.optional(),
  subject: z.enum(SUBJECTS).optional(),
  /** The platform of the file's defaults, unless said. */
  platform: z.string().optional(),
  pathway: z.string().optional(),
  /** When the assessment was passed. */
  assessedOn: date.optional(),
  /** Who sent it, where that is not the platform itself. */
  source: z.string().optional(),
  state: z.enum(RECORD_STATES).default("registered"),
  code: z.string().nullable().default(null),
  row: z.string().default(""),
  /** Whether a later version of the record has settled the row. */
  settled: z.boolean().default(false),
});

const declaration = z.strictObject({
  place: z.string(),
  year: z.int(),
  kind: z.enum(KINDS),
  level: z.enum(LEVELS).nullable(),
  series: z.string(),
  education: z.string().nullable(),
  facts: z.partialRecord(z.enum(PERSON_FACTS), date).optional(),
  grants: z.array(z.strictObject({ code: z.string(), year: z.int(), document: z.string() })).optional(),
});

const platform = z.strictObject({
  /** Start of the last pull that reached its end. */
  completeUntil: z.union([time, z.literal("never")]),
  newestPullCutOff: z.boolean().default(false),
});

const expected = z.strictObject({
  verdict: z.enum(["met", "not_met", "unknown"]),
  /** Why it is unknown, in order. For not_met the reasons follow from the workings. */
  because: z.array(z.enum(VERDICT_REASONS)).default([]),
  /** Whether the answer says that it rests on values that are known second hand. */
  secondHand: z.boolean().default(false),
  /** What an unknown verdict would be; absent where no requirement is evaluated. */
  provisional: z.enum(["met", "not_met"]).nullable().default(null),
  /** Each requirement as `have of need` or `have of need, short gap`, in hours. */
  workings: z.record(z.string(), z.string()).default({}),
  /** Hours that count, by year. Checked where it is written. */
  years: z.record(z.string(), z.number()).optional(),
  /** Each year of a requirement that binds each year, as its workings. Checked where it is written. */
  eachYear: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  /** Hours that count of a record that does not count wholly, as `n of m: code by rule`. */
  partly: z.record(z.string(), z.string()).default({}),
  /** Each cap as `counted of most` or `counted of most, cut n`. Checked where it is written. */
  caps: z.record(z.string(), z.string()).optional(),
  /** Which layer gave each value, and the rule sets whose values it took the place of. Checked where it is written. */
  layers: z.record(z.string(), z.string()).optional(),
  window: z.string().optional(),
  belowAnnualDuty: z.array(z.int()).default([]),
  /** Every record that is listed as not counted, with its code. What is not here counts. */
  uncounted: z.record(z.string(), z.union([notCounted, z.array(notCounted)])).default({}),
  /** Held or refused rows that are no longer listed, because the record stands with a later version. */
  settled: z.array(z.string()).default([]),
  /** State of each platform of record. Checked where it is written. */
  freshness: z.record(z.string(), z.enum(["fresh", "stale", "partial", "not_yet_known"])).optional(),
  delegatedTo: z.string().optional(),
});

const scenario = z.strictObject({
  name: z.string(),
  why: z.string().optional(),
  declaration: declaration.partial().default({}),
  asOf: date.optional(),
  knownAt: time.optional(),
  /** When it is asked; the known time unless said. */
  now: time.optional(),
  /** When each rule set that is not activated from the beginning was. */
  rulesActivated: z.record(z.string(), time).default({}),
  nameGiven: z.string().nullable().default("王小明"),
  nameKnown: z.string().nullable().default("王小明"),
  platforms: z.record(z.string(), platform).default({}),
  records: z.array(record).default([]),
  expect: expected,
});
export type Scenario = z.infer<typeof scenario>;
export type ScenarioRecord = z.infer<typeof record>;

const scenarioFile = z.strictObject({
  topic: z.string(),
  clause: z.string(),
  declaration,
  /** What holds for the scenarios of the file unless they say otherwise. */
  defaults: z
    .strictObject({
      asOf: date.default("2020-12-31"),
      /** What was known: by default all of 2020 and a few days more. */
      knownAt: time.default("2021-01-05 00:00:00"),
      platform: z.string().default("quzhou-city"),
    })
    .prefault({}),
  scenarios: z.array(scenario).min(1),
});
export type ScenarioFile = z.infer<typeof scenarioFile> & { readonly file: string };
export type ScenarioSetting = Pick<ScenarioFile, "declaration" | "defaults">;

/**
 * Every golden scenario below a folder, file by file; `file` is the path below it. Throws an Error that names the file and
 * the places in it when one is not of the format: a key that the format does not know is refused.
 */
export function readScenarioFiles(directory: string): ScenarioFile[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const parsed = scenarioFile.safeParse(parse(readFileSync(join(directory, file), "utf8")));
      if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
      return { ...parsed.data, file };
    });
}
