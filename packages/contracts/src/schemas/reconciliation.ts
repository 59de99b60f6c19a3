import { DIFFERENCE_KINDS, daysInclusive, LINE_STATUSES, RECORD_STATES } from "@xueshi/domain";
import { z } from "zod";
import {
  CLOSING_TEXTS,
  type ClosingBasis,
  DAY_STATE_TEXTS,
  RECONCILIATION_STATES,
} from "../catalogue/reconciliations.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { hoursOut, instantOut, issue, kebabName, localDate, note, requiredText, uuid } from "./primitives.ts";

const count = z.int().min(0);
const dayOut = z.string().meta({ format: "date" });
const DAY_STATES = Object.keys(DAY_STATE_TEXTS) as unknown as readonly [keyof typeof DAY_STATE_TEXTS];
const BASES = Object.keys(CLOSING_TEXTS) as unknown as readonly [ClosingBasis];
const STATES_HERE = [...RECORD_STATES, "refused"] as const;

const totalIn = z.strictObject({
  from: localDate,
  until: localDate,
  records: count.max(1_000_000_000),
  hours: z
    .number()
    .min(0)
    .max(10_000_000_000)
    .refine((hours) => /^[0-9]+(\.[0-9]{1,2})?$/.test(String(hours)), issue("hours_invalid"))
    .meta(note("至多两位小数", "at most two decimals")),
});

/** Days are those of the update time, UTC+8, both inclusive. With `totals` no record is compared. */
export const reconciliationRequestSchema = z
  .strictObject({
    platform: kebabName,
    from: localDate.optional().meta(note("第一天（按平台更新时间）", "first day, by the platform's update time")),
    until: localDate.optional().meta(note("最后一天（含）", "last day, inclusive")),
    totals: z
      .array(totalIn)
      .min(1)
      .max(LIMITS.totalsPerRequestMax)
      .optional()
      .meta(
        note("平台只给总数时：各时段的条数与学时", "of a platform that sends totals only: count and hours per period"),
      ),
    by: z
      .enum(["update_time", "obtained_on"])
      .optional()
      .meta(
        note("总数按更新时间（默认）或获得日期", "totals by update time (default) or by the day they were obtained"),
      ),
  })
  .superRefine(({ from, until, totals, by }, context) => {
    for (const [index, total] of (totals ?? []).entries()) {
      if (total.until < total.from) context.addIssue(issue("range_invalid", ["totals", index, "until"]));
    }
    if (totals !== undefined) {
      if (from !== undefined) context.addIssue(issue("unknown_field", ["from"]));
      if (until !== undefined) context.addIssue(issue("unknown_field", ["until"]));
      return;
    }
    if (by !== undefined) context.addIssue(issue("unknown_field", ["by"]));
    if (from === undefined) context.addIssue(issue("required", ["from"]));
    else if (until === undefined) context.addIssue(issue("required", ["until"]));
    else if (until < from || daysInclusive(from, until) > LIMITS.reconciliationDaysMax) {
      context.addIssue(issue("range_invalid", ["until"], { maximum: String(LIMITS.reconciliationDaysMax) }));
    }
  });
export type ReconciliationRequest = z.output<typeof reconciliationRequestSchema>;

/** Why a reconciliation is closed although the two sides differ. */
export const closureRequestSchema = z.strictObject({
  reason: requiredText(500).meta(note("说明，如平台的答复", "explanation, such as the platform's answer")),
  document: requiredText(200).meta(note("依据的文件", "the document that it rests on")),
});

const sum = z.strictObject({ records: count, hours: hoursOut });
const digestedSum = z.strictObject({
  records: count,
  hours: hoursOut,
  digest: z.string().meta(note("各行的 SHA-256", "SHA-256 of the lines")),
});

const day = z.strictObject({
  day: dayOut,
  here: digestedSum,
  there: digestedSum,
  state: z.enum(DAY_STATES),
  repairedBy: z.array(z.string()).meta(note("补采过这一天的采集", "pulls that read the day again")),
});

const proof = z.strictObject({
  basis: z.enum(BASES),
  message: z.string(),
  closedAt: instantOut,
  closedBy: z.string().nullable().meta(note("null 为系统", "null: this service, because the two sides agree")),
  reason: z.string().nullable(),
  document: z.string().nullable(),
});

const summaryShape = {
  reconciliationId: z.string(),
  platform: z.string(),
  kind: z.enum(["records", "totals"]),
  from: dayOut,
  until: dayOut,
  state: z.enum(RECONCILIATION_STATES),
  message: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  requestedBy: z.string(),
  queuedAt: instantOut,
  startedAt: instantOut.nullable(),
  endedAt: instantOut.nullable(),
  progress: z
    .strictObject({ done: count, total: count, percent: z.int().min(0).max(100) })
    .nullable()
    .meta(note("比对中：已逐条比对的天数", "while comparing: days that were compared by record")),
  comparedAt: instantOut.nullable(),
  completeUntil: instantOut
    .nullable()
    .meta(note("比对所依据的完整采集的开始时间", "start of the complete pull that it goes by")),
  comparedUntil: dayOut
    .nullable()
    .meta(note("比对到哪一天；其后尚未到期", "the last day that was compared; later ones are not due yet")),
  differences: z
    .strictObject({ missing_here: count, missing_there: count, differs: count })
    .meta(note("尚存的差异数", "how many differences there are")),
  notDue: count.meta(note("上次采集之后又有变动的记录", "records that changed since the last pull, left out")),
};

const totalOut = z.strictObject({
  from: dayOut,
  until: dayOut,
  there: sum,
  here: sum.meta(note("本方到达的全部", "everything that arrived here")),
  byState: z.record(z.string(), sum),
  missing: z.strictObject({ records: z.int(), hours: z.number() }).meta(note("平台减本方", "there less here")),
  explainedBy: z
    .array(z.string())
    .nullable()
    .meta(
      note(
        "平台的总数恰好不含这些状态的记录；空为一致，null 为不能解释",
        "the totals are exactly ours without records of these states; empty: they agree, null: nothing explains them",
      ),
    ),
});

export const reconciliationSchema = z.strictObject({
  ...summaryShape,
  days: z.array(day),
  repairs: z.array(z.strictObject({ pullId: z.string(), from: dayOut, until: dayOut })),
  repairable: z.boolean().meta(note("补采是否可能消除部分差异", "whether reading again may remove some differences")),
  totals: z.array(totalOut).nullable(),
  note: z.string().nullable(),
  proof: proof.nullable(),
});
export type ReconciliationResponse = z.output<typeof reconciliationSchema>;

export const reconciliationParams = z.strictObject({ reconciliationId: uuid });
export const reconciliationsQuery = z.strictObject({
  ...pageQueryShape,
  platform: kebabName.optional(),
  state: z.enum(RECONCILIATION_STATES).optional(),
});
export const reconciliationsResponseSchema = z.strictObject({
  reconciliations: z.array(z.strictObject(summaryShape)),
  nextCursor,
});
export type ReconciliationSummary = z.output<typeof reconciliationsResponseSchema>["reconciliations"][number];

const line = z.strictObject({
  updateTime: instantOut.nullable(),
  hours: hoursOut.nullable(),
  status: z.enum(LINE_STATUSES).nullable(),
});
export const differencesQuery = z.strictObject({ ...pageQueryShape, kind: z.enum(DIFFERENCE_KINDS).optional() });
export const differencesResponseSchema = z.strictObject({
  differences: z.array(
    z.strictObject({
      recordId: z.string(),
      day: dayOut,
      kind: z.enum(DIFFERENCE_KINDS),
      message: z.string(),
      here: z
        .strictObject({ ...line.shape, state: z.enum(STATES_HERE).nullable() })
        .nullable()
        .meta(note("本方；state 为其现状", "how it is here; state is what became of it")),
      there: line.nullable(),
    }),
  ),
  nextCursor,
});
export type DifferencesResponse = z.output<typeof differencesResponseSchema>;

const source = kebabName.optional().meta(note("经办人必填", "operators must say it"));

/** What this service answers to a source that reconciles with it: the protocol of reconciling.md. */
export const ownDaysQuery = z
  .strictObject({ from: localDate, until: localDate, source })
  .superRefine(({ from, until }, context) => {
    if (until < from || daysInclusive(from, until) > LIMITS.ownDaysMax) {
      context.addIssue(issue("range_invalid", ["until"], { maximum: String(LIMITS.ownDaysMax) }));
    }
  });
export const ownDaysResponseSchema = z.strictObject({
  days: z.array(z.strictObject({ day: dayOut, ...digestedSum.shape })),
});
export const ownRecordsQuery = z
  .strictObject({
    ...pageQueryShape,
    day: localDate.optional(),
    recordIds: z
      .string()
      .min(1)
      .max(LIMITS.recordIdsCharactersMax)
      .optional()
      .meta(note("至多 50 个记录号，以换行（%0A）分隔", "at most 50 record ids, separated by line feeds (%0A)")),
    source,
  })
  .superRefine(({ day: asked, recordIds }, context) => {
    if (asked === undefined && recordIds === undefined) context.addIssue(issue("required", ["day"]));
    if (asked !== undefined && recordIds !== undefined) context.addIssue(issue("unknown_field", ["recordIds"]));
  });
export const ownRecordsResponseSchema = z.strictObject({
  records: z.array(
    z.strictObject({
      recordId: z.string(),
      updateTime: instantOut,
      hours: hoursOut.nullable(),
      status: z.enum(LINE_STATUSES).nullable(),
    }),
  ),
  nextCursor,
});
