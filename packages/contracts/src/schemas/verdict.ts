import {
  FLAGS,
  LAYERS,
  PROVENANCES,
  RECORD_STATES,
  REFUSAL_CODES,
  REVOCATION_CODES,
  UNCOUNTED_CODES,
  VERDICT_REASONS,
} from "@xueshi/domain";
import { z } from "zod";
import { FRESHNESS_TEXTS } from "../catalogue/verdicts.ts";
import { countsInsteadSchema } from "./counts-instead.ts";
import { hoursOut, instantOut, note, reference, verdictIdText } from "./primitives.ts";
import { problemSchema } from "./problem.ts";
import { HOLD_CODES } from "./receipt.ts";

const citation = z.strictObject({ document: z.string(), clause: z.string() });
const FRESHNESS_STATES = Object.keys(FRESHNESS_TEXTS) as readonly string[] as [string, ...string[]];

/** Why a record does not count in this check: the state of the record, why its row was refused or held, or the check. */
const uncountedCode = z.enum([
  ...RECORD_STATES,
  ...REFUSAL_CODES,
  ...HOLD_CODES,
  ...REVOCATION_CODES,
  ...UNCOUNTED_CODES,
]);

const selectionShape = {
  subjects: z.union([z.literal("all"), z.array(z.string())]),
  pathways: z.array(z.string()).optional(),
  assessed: z.literal(true).optional(),
};
const provenance = z.enum(PROVENANCES);

const requirement = z.strictObject({
  id: z.string(),
  kind: z.enum(["floor", "ratio"]),
  over: z
    .enum(["window", "each_year"])
    .meta(note("对整个期间合计，或对其中每一年", "the sum of the window, or each of its years")),
  ...selectionShape,
  of: z.strictObject(selectionShape).optional().meta(note("占何者之比", "what it is a share of")),
  share: z.string().optional().meta(note("占比，如 2/3", "the share, such as 2/3")),
  have: hoursOut,
  need: hoursOut,
  gap: hoursOut.meta(note("逐年要求为各年差额之和", "where each year binds, the sum of what each year lacks")),
  outcome: z.enum(["met", "not_met"]),
  message: z.string(),
  until: z
    .string()
    .meta(note("尚可补足的最后一日", "the last day on which hours can still be obtained for it"))
    .meta({ format: "date" }),
  years: z
    .array(z.strictObject({ year: z.int(), have: hoursOut, need: hoursOut, gap: hoursOut }))
    .optional()
    .meta(note("逐年要求的各年", "the years, where each year binds")),
  citation,
  quote: z.string().optional().meta(note("规定原句", "the sentence that says it")),
  provenance,
  layer: z.enum(LAYERS),
  ruleSet: z.string(),
  overrode: z
    .array(z.strictObject({ ruleSet: z.string(), layer: z.enum(LAYERS), need: hoursOut.nullable(), citation }))
    .optional()
    .meta(note("被它取代的上层规定", "values of farther layers that it took the place of")),
});

const cap = z.strictObject({
  id: z.string(),
  per: z.enum(["item", "year", "window"]),
  ...selectionShape,
  most: hoursOut,
  counted: hoursOut,
  cut: hoursOut,
  message: z.string(),
  citation,
  provenance,
});

const counted = z.strictObject({
  recordId: z.string(),
  platform: z.string(),
  source: z
    .string()
    .meta(note("来源：平台本身，或代其登记的来源", "who sent it: the platform, or a source that registers for it")),
  hours: hoursOut.meta(note("计入的学时", "the hours that count")),
  subject: z.string(),
  year: z.int(),
  flags: z.array(z.enum(FLAGS)),
  of: hoursOut.optional().meta(note("登记的学时（explain）", "the hours that are registered (explain)")),
  toward: z
    .array(z.string())
    .optional()
    .meta(note("计入哪些要求（explain）", "ids of the requirements that it counts toward (explain)")),
  code: uncountedCode.optional().meta(note("为何未全部计入", "why not all of it counts")),
  byRule: z.string().optional().meta(note("依据的上限或结转规则", "the cap or carry-over rule by which")),
});

const uncounted = z.strictObject({
  recordId: z.string(),
  platform: z.string(),
  source: z.string(),
  hours: hoursOut.nullable().meta(note("无法识别时为 null", "null when they could not be read")),
  subject: z.string().nullable(),
  year: z.int().nullable(),
  code: uncountedCode,
  byRule: z.string().optional(),
  countsInstead: countsInsteadSchema
    .optional()
    .meta(note("重复时：计入的是哪一条，为何（explain）", "of a duplicate: which record counts, and why (explain)")),
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
  ruleSet: z
    .strictObject({
      id: z.string(),
      version: z.string(),
      citation,
      basedOn: z
        .array(z.strictObject({ id: z.string(), version: z.string(), digest: z.string() }))
        .optional()
        .meta(note("还依据的其他规则", "other rule sets that the answer rests on")),
    })
    .nullable(),
  window: z
    .strictObject({
      years: z.array(z.int()),
      from: z.string().meta({ format: "date" }),
      until: z.string().meta({ format: "date" }),
      changed: z
        .array(
          z.strictObject({
            year: z.int(),
            dueYears: z.array(z.int()),
            because: z.string(),
            document: z.string().optional(),
          }),
        )
        .optional()
        .meta(note("因豁免、延期或尚未起算而改变的年度", "years changed by a grant, or before the duty began")),
    })
    .nullable(),
  authority: z.strictObject({ mode: z.string(), platforms: z.array(z.string()) }).nullable(),
  requirements: z.array(requirement),
  caps: z.array(cap).optional(),
  notices: z.array(
    z.strictObject({ code: z.string(), year: z.int(), have: hoursOut, need: hoursOut, message: z.string() }),
  ),
  years: z.array(
    z
      .object({ year: z.int(), total: hoursOut })
      .catchall(hoursOut)
      .meta(note("各科目以其名为键", "each subject of the rule set under its name, in camelCase")),
  ),
  counted: z
    .array(counted)
    .meta(note("各条学时之和恰为 years 的合计", "their hours add up exactly to the totals of years")),
  uncounted: z.array(uncounted),
  missing: z
    .strictObject({
      possible: z.boolean().meta(note("是否尚可补足", "whether hours can still do it")),
      hours: hoursOut,
      items: z.array(
        z.strictObject({
          hours: hoursOut,
          subject: z.string(),
          pathway: z.string().optional(),
          assessed: z.literal(true).optional(),
          mostPerItem: hoursOut.optional().meta(note("单项至多计入", "the most that one item counts")),
          year: z.int(),
          from: z.string().meta({ format: "date" }),
          until: z.string().meta({ format: "date" }),
        }),
      ),
      message: z.string(),
    })
    .optional()
    .meta(note("至少还需的学时（explain）", "the least hours that would meet the requirements (explain)")),
  hypothetical: z
    .int()
    .optional()
    .meta(note("回答中含多少条假设学时", "how many hypothetical hours are in the answer")),
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
