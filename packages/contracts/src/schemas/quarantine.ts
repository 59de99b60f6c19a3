import {
  FLAGS,
  HOLD_CODES,
  ID_TYPES,
  NAME_VARIANT_KINDS,
  REFUSAL_CODES,
  ROW_DECISION_KINDS,
  SUBJECTS,
} from "@xueshi/domain";
import { z } from "zod";
import { QUARANTINE_KINDS } from "../catalogue/quarantine.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { hoursOut, instantMs, instantOut, issue, kebabName, note, requiredText, text, uuid } from "./primitives.ts";

const ROW_ID_PATTERN = /^[A-Za-z0-9_-]{75}$/;
const YES_NO_ANY = ["no", "yes", "any"] as const;
const CODES = [...REFUSAL_CODES, ...HOLD_CODES, ...FLAGS] as const;

const rowId = z
  .string()
  .regex(ROW_ID_PATTERN)
  .meta(note("行的编号，不含个人信息", "opaque; says nothing about a person"));

export const quarantineQuery = z.strictObject({
  ...pageQueryShape,
  kind: z.enum(QUARANTINE_KINDS),
  platform: kebabName.optional().meta(note("来源", "the source")),
  code: z.enum(CODES).optional().meta(note("原因代码；flagged 则为提示", "the reason; for flagged rows the flag")),
  decided: z.enum(YES_NO_ANY).optional().meta(note("是否已有决定；默认 no", "whether it was decided of; default no")),
  settled: z
    .enum(YES_NO_ANY)
    .optional()
    .meta(note("同一记录是否已有更晚的有效版本；默认 no", "whether a later version of the record counts; default no")),
});
export type QuarantineQuery = z.output<typeof quarantineQuery>;

const decisionShape = {
  decisionId: uuid,
  kind: z.enum(ROW_DECISION_KINDS),
  decidedAt: instantOut,
  reason: z.string(),
  document: z.string().nullable(),
  actor: z.string(),
} as const;

const rowShape = {
  rowId,
  kind: z.enum(QUARANTINE_KINDS),
  code: z.string().nullable(),
  message: z.string().nullable(),
  source: z.string(),
  recordId: z.string(),
  title: z.string(),
  hours: hoursOut.nullable(),
  obtainedOn: z.string().nullable(),
  year: z.int().nullable(),
  updateTime: instantOut.nullable(),
  flags: z.array(z.enum(FLAGS)),
  likelySameName: z.boolean().meta(note("暂挂的姓名很可能是同一姓名的另一写法", "the name is likely another spelling")),
  settled: z.boolean(),
  decision: z.strictObject(decisionShape).nullable(),
} as const;

export const quarantineResponseSchema = z.strictObject({
  rows: z.array(z.strictObject(rowShape)),
  nextCursor: nextCursor.meta(
    note("不为 null 即可续查，本页可能为空", "while it is not null there may be more, even after an empty page"),
  ),
});
export type QuarantineResponse = z.output<typeof quarantineResponseSchema>;

export const quarantineParams = z.strictObject({ rowId });

/** One row with all that helps to decide of it; id and names are masked. */
export const quarantineItemSchema = z.strictObject({
  ...rowShape,
  status: z.string().nullable(),
  subjectCode: z.string().nullable(),
  provider: z.string().nullable(),
  studiedFrom: z.string().nullable(),
  studiedUntil: z.string().nullable(),
  pathway: z.string().nullable(),
  assessedOn: z.string().nullable(),
  maskedIdNumber: z.string().nullable(),
  maskedKnownName: z.string().nullable().meta(note("证件号码登记的姓名", "the name that the id is known under")),
  maskedName: z
    .string()
    .nullable()
    .meta(note("此行所用的姓名；无法得知时为 null", "the row's own; null when it cannot be told")),
  nameVariants: z.array(z.enum(NAME_VARIANT_KINDS)).meta(note("写法有何不同", "how the two spellings differ")),
  rawAvailable: z.boolean().meta(note("原始内容尚在保存期内", "whether the row as it came is still kept")),
  versions: z.array(
    z.strictObject({
      rowId,
      status: z.string(),
      hours: hoursOut.nullable(),
      title: z.string(),
      obtainedOn: z.string().nullable(),
      updateTime: instantOut,
      standing: z.boolean(),
      state: z.enum(["admitted", "left_out", ...HOLD_CODES]),
    }),
  ),
  decisions: z.array(
    z.strictObject({ ...decisionShape, kind: z.enum([...ROW_DECISION_KINDS, "undo"]), undoes: uuid.nullable(), rowId }),
  ),
  overlaps: z.array(z.strictObject({ source: z.string(), recordId: z.string(), title: z.string() })),
});
export type QuarantineItem = z.output<typeof quarantineItemSchema>;

const reasonShape = {
  reason: requiredText(500),
  document: requiredText(200).optional().meta(note("决定所依据的文件", "the document that the decision rests on")),
} as const;

/** What is right in place of what came; what is left out stays as it came. */
const correctionSchema = z
  .strictObject({
    idType: z.enum(ID_TYPES).optional(),
    idNumber: requiredText(64).optional(),
    name: requiredText(64).optional(),
    title: requiredText(512).optional(),
    provider: text(256).optional(),
    hours: z.union([z.number(), requiredText(32)]).optional(),
    subject: z.enum(SUBJECTS).optional(),
    subjectCode: requiredText(64).optional(),
    obtainedOn: requiredText(40).optional(),
    studiedFrom: requiredText(40).optional(),
    studiedUntil: requiredText(40).optional(),
    attributedYear: z.int().min(1_000).max(9_999).optional(),
    pathway: text(64).optional(),
    assessedOn: requiredText(40).optional(),
    status: z.enum(["draft", "submitted", "final", "withdrawn"]).optional(),
    updateTime: instantMs
      .optional()
      .meta(note("仅用于更新时间无法识别的行", "only for a row whose update time cannot be read")),
  })
  .superRefine((value, context) => {
    if (Object.keys(value).length === 0) context.addIssue(issue("required"));
    if (value.subject !== undefined && value.subjectCode !== undefined) {
      context.addIssue(issue("not_together", ["subjectCode"], { other: "subject" }));
    }
  });
export type RowCorrection = z.output<typeof correctionSchema>;

export const rowDecisionRequestSchema = z
  .strictObject({ kind: z.enum(ROW_DECISION_KINDS), ...reasonShape, correction: correctionSchema.optional() })
  .superRefine((value, context) => {
    const corrects = value.kind === "correct";
    if (corrects && value.correction === undefined) context.addIssue(issue("required", ["correction"]));
    if (corrects && value.document === undefined) context.addIssue(issue("required", ["document"]));
    if (!corrects && value.correction !== undefined) {
      context.addIssue(issue("not_together", ["correction"], { other: `kind: ${value.kind}` }));
    }
  });
export type RowDecisionRequest = z.output<typeof rowDecisionRequestSchema>;

/** What a decision did: `batchId` is posted by the ledger in a moment; null when the decision stood already. */
export const rowDecisionResponseSchema = z.strictObject({
  rowId,
  decisionId: uuid,
  kind: z.enum(ROW_DECISION_KINDS),
  batchId: uuid.nullable(),
  standing: z
    .boolean()
    .meta(note("此行或其更正内容现为该记录的有效版本", "the row, or what it was corrected to, now stands")),
});
export type RowDecisionResponse = z.output<typeof rowDecisionResponseSchema>;

export const rowDecisionsRequestSchema = z
  .strictObject({
    kind: z.enum(["accept", "refuse"]),
    rowIds: z.array(rowId).min(1).max(LIMITS.decisionsPerRequestMax).optional(),
    filter: z
      .strictObject({
        code: z.enum(HOLD_CODES),
        platform: kebabName.optional(),
        likelySameName: z.literal(true).optional(),
      })
      .optional()
      .meta(
        note(
          "暂挂的行，每次至多 1,000 行；同一更新时间另有内容的行不在其中",
          "held rows, at most 1,000 at a time; rows with another content of the same update time are left to a look of their own",
        ),
      ),
    ...reasonShape,
  })
  .superRefine((value, context) => {
    if ((value.rowIds === undefined) === (value.filter === undefined)) {
      context.addIssue(issue("choose_one", [], { allowed: "rowIds, filter" }));
    }
  });
export type RowDecisionsRequest = z.output<typeof rowDecisionsRequestSchema>;

const BULK_OUTCOMES = ["decided", "unchanged", "not_decided"] as const;
export const rowDecisionsResponseSchema = z.strictObject({
  batchId: uuid.nullable(),
  receipts: z.array(
    z.strictObject({
      rowId,
      outcome: z.enum(BULK_OUTCOMES),
      decisionId: uuid.nullable(),
      code: z.string().nullable().meta(note("未作决定的原因", "why it was not decided")),
      message: z.string().nullable(),
    }),
  ),
  more: z.boolean().meta(note("按条件还有未决定的行", "the filter fits more rows than were decided")),
});
export type RowDecisionsResponse = z.output<typeof rowDecisionsResponseSchema>;

export const decisionParams = z.strictObject({ decisionId: uuid });
export const undoResponseSchema = z.strictObject({ decisionId: uuid, undoes: uuid, batchId: uuid });
export type UndoResponse = z.output<typeof undoResponseSchema>;
