import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RECORD_STATES, SUBJECTS, UNCOUNTED_CODES, VERDICT_REASONS } from "@xueshi/domain";
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
  platform: z.string().default("quzhou-city"),
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
  kind: z.enum(["annual-duty", "review", "initial-determination"]),
  level: z.enum(["junior", "intermediate", "senior"]).nullable(),
  series: z.string(),
  education: z.string().nullable(),
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
  /** What an unknown verdict would be; absent where no requirement is evaluated. */
  provisional: z.enum(["met", "not_met"]).nullable().default(null),
  /** Each requirement as `have of need` or `have of need, short gap`, in hours. */
  workings: z.record(z.string(), z.string()).default({}),
  /** Hours that count, by year. Checked where it is written. */
  years: z.record(z.string(), z.number()).optional(),
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
  asOf: date.default("2020-12-31"),
  /** What was known: by default all of 2020 and a few days more. */
  knownAt: time.default("2021-01-05 00:00:00"),
  /** When it is asked; the known time unless said. */
  now: time.optional(),
  rulesActivated: time.default("2020-07-10 09:00:00"),
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
  scenarios: z.array(scenario).min(1),
});
export type ScenarioFile = z.infer<typeof scenarioFile> & { readonly file: string };

/** Every golden scenario of a place and year, file by file. A key that the format does not know is refused. */
export function readScenarioFiles(folder: string): ScenarioFile[] {
  const path = fileURLToPath(new URL(folder, import.meta.url));
  return readdirSync(path)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => {
      const parsed = scenarioFile.safeParse(parse(readFileSync(`${path}/${name}`, "utf8")));
      if (!parsed.success) throw new Error(`${folder}/${name}: ${z.prettifyError(parsed.error)}`);
      return { ...parsed.data, file: `${folder}/${name}` };
    });
}
