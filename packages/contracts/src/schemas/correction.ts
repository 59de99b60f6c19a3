import { CORRECTION_KINDS, parseHours, RECORD_STATES, REVOCATION_OF, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { CORRECTION_OUTCOME_TEXTS, CORRECTION_STATES } from "../catalogue/corrections.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor } from "./paging.ts";
import { hoursOut, instantOut, issue, kebabName, localDate, note, requiredText, uuid } from "./primitives.ts";

const count = z.int().min(0);
const year = z.int().min(1900).max(2199);
const OUTCOMES = Object.keys(CORRECTION_OUTCOME_TEXTS) as readonly (keyof typeof CORRECTION_OUTCOME_TEXTS)[];

/** Hundredths. */
const hours = z
  .number()
  .transform((value, context): number => {
    const hundredths = parseHours(value);
    if (hundredths !== null) return hundredths;
    context.addIssue(issue("hours_invalid"));
    return z.NEVER;
  })
  .meta(note("学时，至多两位小数", "hours, at most two decimals"));

const changesShape = {
  hours,
  year: year.meta(note("所属年度", "the attributed year")),
  obtainedOn: localDate.meta(note("获得日期；年度随之而定的一并更正", "a year that follows from it follows too")),
  title: requiredText(500),
  pathway: requiredText(64).nullable(),
  assessedOn: localDate.nullable().meta(note("考核合格日期", "when the assessment was passed")),
  subject: z.enum(SUBJECTS),
};

/** Records by what their source says in the version that stands; texts exactly as they are kept, dates inclusive. */
const filter = z
  .strictObject({
    source: kebabName,
    platform: kebabName.meta(note("登记所属平台", "the platform of record")),
    provider: requiredText(500),
    title: requiredText(500),
    obtainedFrom: localDate,
    obtainedUntil: localDate,
    year,
    batchId: uuid.meta(note("带来记录的批次", "a batch that brought the record")),
  })
  .partial();

const TAKES_DOCUMENT: ReadonlySet<string> = new Set(["fraud_revocation", "administrative_error", "correction"]);

export const correctionRequestSchema = z
  .strictObject({
    kind: z.enum(CORRECTION_KINDS),
    recordKeys: z.array(uuid).min(1).max(LIMITS.correctionRecordsMax).optional(),
    filter: filter.optional(),
    changes: z
      .strictObject(changesShape)
      .partial()
      .optional()
      .meta(note("correction 与 reclassification 才有", "of a correction or a reclassification")),
    reason: requiredText(500),
    document: requiredText(200)
      .optional()
      .meta(note("依据文件；撤销与更正必须有", "the document that it rests on; needed to revoke and to correct")),
    apply: z
      .literal(true)
      .optional()
      .meta(
        note(
          `立即执行；至多 ${LIMITS.correctionsAtOnceMax} 条，且无须另一位经办人`,
          `apply it at once; at most ${LIMITS.correctionsAtOnceMax} records, where no second holder is needed`,
        ),
      ),
  })
  .superRefine((value, context) => {
    const { kind, recordKeys, filter: asked, changes, document, apply } = value;
    if ((recordKeys === undefined) === (asked === undefined)) {
      context.addIssue(issue("choose_one", [], { allowed: "recordKeys, filter" }));
    }
    if (asked !== undefined && Object.values(asked).every((one) => one === undefined)) {
      context.addIssue(issue("required", ["filter"]));
    }
    if (TAKES_DOCUMENT.has(kind) && document === undefined) context.addIssue(issue("required", ["document"]));
    if (apply === true && (recordKeys?.length ?? 0) > LIMITS.correctionsAtOnceMax) {
      context.addIssue(issue("too_many", ["recordKeys"], { maximum: String(LIMITS.correctionsAtOnceMax) }));
    }
    const given = Object.entries(changes ?? {}).flatMap(([field, said]) => (said === undefined ? [] : [field]));
    if (REVOCATION_OF[kind] !== null && changes !== undefined) context.addIssue(issue("unknown_field", ["changes"]));
    if (REVOCATION_OF[kind] === null && given.length === 0) context.addIssue(issue("required", ["changes"]));
    if (kind !== "reclassification" || given.length === 0) return;
    if (!given.includes("subject")) context.addIssue(issue("required", ["changes", "subject"]));
    for (const field of given) if (field !== "subject") context.addIssue(issue("unknown_field", ["changes", field]));
  });
export type CorrectionRequest = z.output<typeof correctionRequestSchema>;

export const correctionStepRequestSchema = z.strictObject({ reason: requiredText(500) });

const stateOut = z.enum(RECORD_STATES).nullable();
const seenStanding = z
  .strictObject({
    state: z.enum(RECORD_STATES),
    code: z.string().nullable(),
    hours: hoursOut.nullable(),
    subject: z.string().nullable(),
    platform: z.string(),
    year: z.int().nullable(),
    obtainedOn: z.string().nullable(),
  })
  .nullable()
  .meta(note("台账中没有这条记录的现状时为 null", "null where the ledger has no standing for the record"));

const preview = z.strictObject({
  records: count.meta(note("所指记录", "records that are named or found")),
  changing: count,
  unchanged: count.meta(note("已是如此的", "those that are so already")),
  erased: count.meta(note("本人信息已删除、不再改动的", "those of people who were erased: nothing is posted of them")),
  following: count.meta(note("不在所指之中而随之变化的", "those not named that change with them")),
  people: count.meta(note("涉及的人数", "people whose entries change")),
  hours: z
    .array(z.strictObject({ platform: z.string(), year: z.int(), subject: z.string(), hours: hoursOut }))
    .meta(note("可计入学时的增减", "what changes of the hours that can count")),
  states: z.array(z.strictObject({ before: stateOut, after: stateOut, records: count })),
  seenAt: instantOut,
});

/** What is said of a correction whatever it is about. */
export const correctionShape = {
  state: z.enum(CORRECTION_STATES),
  message: z.string(),
  reason: z.string(),
  document: z.string().nullable(),
  needsSecondHolder: z.boolean().meta(note("须由另一位经办人执行", "another holder must apply it")),
  preview: preview.meta(
    note("最近一次预览；已撤销的，为撤销所作的改动", "the newest preview; once undone, what that did"),
  ),
  steps: z.array(
    z.strictObject({
      step: z.string(),
      actor: z.string(),
      at: instantOut,
      reason: z.string().nullable(),
      postingIds: z.array(z.string()),
    }),
  ),
};

export const correctionSchema = z.strictObject({
  correctionId: uuid,
  kind: z.enum(CORRECTION_KINDS),
  ...correctionShape,
  filter: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .nullable()
    .meta(note("以 recordKeys 指明时为 null", "null where records were named")),
  changes: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable(),
});
export type CorrectionResponse = z.output<typeof correctionSchema>;

export const correctionsResponseSchema = z.strictObject({ corrections: z.array(correctionSchema), nextCursor });

export const correctionRecordsResponseSchema = z.strictObject({
  records: z.array(
    z.strictObject({
      recordKey: uuid,
      source: z.string(),
      recordId: z.string(),
      outcome: z.enum(OUTCOMES as [(typeof OUTCOMES)[number], ...(typeof OUTCOMES)[number][]]),
      before: seenStanding,
      after: seenStanding,
    }),
  ),
  nextCursor,
});
export type CorrectionRecordsResponse = z.output<typeof correctionRecordsResponseSchema>;

export const correctionParams = z.strictObject({ correctionId: uuid });
