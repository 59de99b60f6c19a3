import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RECOGNITION_CODES, SUBJECTS } from "@xueshi/domain";
import { parse } from "yaml";
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const amount = z.number().positive();

const activity = z.strictObject({
  id: z.string(),
  conversion: name,
  quantity: amount.default(1),
  days: amount.optional(),
  level: name.optional(),
  rank: z.int().optional(),
  /** What is the same achievement has the same. */
  achievement: z.string().optional(),
  on: date,
  /** Attributed year; that of `on` unless said. */
  year: z.int().optional(),
  subject: z.enum(SUBJECTS).optional(),
});
export type CaseActivity = z.infer<typeof activity>;

const expectedActivity = z.strictObject({
  /** What is recognised. */
  hours: z.number().nonnegative().default(0),
  /** The value before duplicates and caps; that of `hours` unless said. */
  of: z.number().nonnegative().optional(),
  code: z.enum(RECOGNITION_CODES).nullable().default(null),
  /** Every rule that was applied with its number, and the hours after it. */
  workings: z.string().default(""),
});

const expected = z.strictObject({
  activities: z.record(z.string(), expectedActivity),
  /** Hours by `year subject`. */
  totals: z.record(z.string(), z.number()),
});

const recognitionCase = z.strictObject({
  name: z.string(),
  why: z.string().optional(),
  activities: z.array(activity).min(1),
  /** By rule set: the same activities are asked of each. */
  expect: z.record(name, expected),
});
export type RecognitionCase = z.infer<typeof recognitionCase>;

const caseFile = z.strictObject({ topic: z.string(), cases: z.array(recognitionCase).min(1) });
export type CaseFile = z.infer<typeof caseFile> & { readonly file: string };

/** Every golden case of a folder. Throws an Error that names the file and the places in it that are not of the format. */
export function readCaseFiles(directory: string): CaseFile[] {
  return readdirSync(directory)
    .filter((path) => path.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const parsed = caseFile.safeParse(parse(readFileSync(join(directory, file), "utf8")));
      if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
      return { ...parsed.data, file };
    });
}
