import { FLAGS, RECORD_STATES, REFUSAL_CODES, SUBJECTS, UNCOUNTED_CODES, VERDICT_REASONS } from "@xueshi/domain";
import { z } from "zod";
import { FRESHNESS_TEXTS } from "../catalogue/verdicts.ts";
import { hoursOut, instantOut, note, reference, verdictIdText } from "./primitives.ts";
import { problemSchema } from "./problem.ts";
import { HOLD_CODES } from "./receipt.ts";

const citation = z.strictObject({ document: z.string(), clause: z.string() });
const FRESHNESS_STATES = Object.keys(FRESHNESS_TEXTS) as readonly string[] as [string, ...string[]];

/** Why a record does not count in this check: the state of the record, why its row was refused or held, or the check. */
const uncountedCode = z.enum([...RECORD_STATES, ...REFUSAL_CODES, ...HOLD_CODES, ...UNCOUNTED_CODES]);

const requirement = z.strictObject({
  id: z.string(),
  kind: z.literal("floor"),
  subjects: z.union([z.literal("all"), z.array(z.string())]),
  have: hoursOut,
  need: hoursOut,
  gap: hoursOut,
  outcome: z.enum(["met", "not_met"]),
  citation,
});

const counted = z.strictObject({
  recordId: z.string(),
  platform: z.string(),
  source: z
    .string()
    .meta(note("来源：平台本身，或代其登记的来源", "who sent it: the platform, or a source that registers for it")),
  hours: hoursOut,
  subject: z.enum(SUBJECTS),
  year: z.int(),
  flags: z.array(z.enum(FLAGS)),
});

const uncounted = z.strictObject({
  recordId: z.string(),
  platform: z.string(),
  source: z.string(),
  hours: hoursOut.nullable().meta(note("无法识别时为 null", "null when they could not be read")),
  subject: z.string().nullable(),
  year: z.int().nullable(),
  code: uncountedCode,
});

/** The answer to a check: verdict, every reason, every record, and the cut at which it holds. */
export const verdictResponseSchema = z.strictObject({
  id: reference.optional().meta(note("请求所带的自编号", "your own reference, when the check carried one")),
  verdict: z.enum(["met", "not_met", "unknown"]),
  provisional: z
    .enum(["met", "not_met"])
    .nullable()
    .meta(note("结论为 unknown 时，若仅凭现有数据会是什么", "what it would be, while the verdict is unknown")),
  verdictId: verdictIdText.optional().meta(note("仅在保存结论时有", "only when the verdict is kept")),
  reasons: z.array(z.strictObject({ code: z.enum(VERDICT_REASONS), message: z.string() })),
  ruleSet: z.strictObject({ id: z.string(), version: z.string(), citation }).nullable(),
  window: z.strictObject({ years: z.array(z.int()) }).nullable(),
  authority: z.strictObject({ mode: z.string(), platforms: z.array(z.string()) }).nullable(),
  requirements: z.array(requirement),
  notices: z.array(
    z.strictObject({ code: z.string(), year: z.int(), have: hoursOut, need: hoursOut, message: z.string() }),
  ),
  years: z.array(
    z.strictObject({
      year: z.int(),
      professional: hoursOut,
      industryCommon: hoursOut,
      generalCommon: hoursOut,
      total: hoursOut,
    }),
  ),
  counted: z
    .array(counted)
    .meta(note("各条学时之和恰为 years 的合计", "their hours add up exactly to the totals of years")),
  uncounted: z.array(uncounted),
  freshness: z.array(
    z.strictObject({
      platform: z.string(),
      completeUntil: instantOut.nullable(),
      state: z.enum(FRESHNESS_STATES),
    }),
  ),
  asOf: z.string().meta({ format: "date" }),
  knownAt: instantOut,
  cut: z.strictObject({
    sequence: z.int(),
    head: z.string(),
    ruleSetDigest: z.string().nullable(),
    format: z.int(),
  }),
});
export type VerdictResponse = z.output<typeof verdictResponseSchema>;

/** One check of a batch that could not be read; the others are answered all the same. */
const checkFailureSchema = z.strictObject({
  id: reference.optional(),
  problem: problemSchema,
});

/** Answer to a batch, in the order of its checks; as NDJSON, one of these per line. */
export const checksResponseSchema = z.strictObject({
  results: z.array(z.union([verdictResponseSchema, checkFailureSchema])),
});
