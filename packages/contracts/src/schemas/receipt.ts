import { RECEIPT_OUTCOMES, RECORD_STATES, REFUSAL_CODES } from "@xueshi/domain";
import { z } from "zod";
import { HOLD_TEXTS } from "../catalogue/records.ts";
import { BATCH_STATES } from "../catalogue/states.ts";
import { nextCursor } from "./paging.ts";
import { note, uuid } from "./primitives.ts";
import { fieldErrorSchema } from "./problem.ts";

export const HOLD_CODES = Object.keys(HOLD_TEXTS) as readonly (keyof typeof HOLD_TEXTS)[];

/** Codes of a receipt: why a record was refused or is held. */
const RECEIPT_CODES = [...REFUSAL_CODES, ...HOLD_CODES] as const;
export type ReceiptCode = (typeof RECEIPT_CODES)[number];

export const receiptSchema = z.strictObject({
  index: z.int().min(0),
  recordId: z.string().nullable().meta(note("无法识别时为 null", "null when it could not be read")),
  outcome: z.enum(RECEIPT_OUTCOMES),
  code: z.enum(RECEIPT_CODES as readonly ReceiptCode[] as [ReceiptCode, ...ReceiptCode[]]).nullable(),
  message: z.string().nullable(),
  errors: z
    .array(fieldErrorSchema)
    .optional()
    .meta(note("结构有误时，列出各处错误", "the fields at fault, when the shape is wrong")),
});
export type Receipt = z.output<typeof receiptSchema>;

/** Answer to a push or a withdrawal: the batch is on disk, one receipt per record in the order they were sent. */
export const recordsResponseSchema = z.strictObject({ batchId: uuid, receipts: z.array(receiptSchema) });
export type RecordsResponse = z.output<typeof recordsResponseSchema>;

/** Answer to a dry run: the same receipts, and nothing else happened. */
export const validationResponseSchema = z.strictObject({ receipts: z.array(receiptSchema) });

/** How many receipts of each outcome a batch has; outcomes that did not occur may be left out. */
const outcomeCounts = z.partialRecord(z.enum(RECEIPT_OUTCOMES), z.int().min(0));

export const batchResponseSchema = z.strictObject({
  batchId: uuid,
  state: z.enum(BATCH_STATES),
  counts: outcomeCounts,
  records: z.array(
    z.strictObject({
      recordId: z.string().nullable(),
      outcome: z.enum(RECEIPT_OUTCOMES),
      state: z.enum(RECORD_STATES).nullable().meta(note("批次待入账时为 null", "null while the batch is pending")),
      code: z.string().nullable(),
    }),
  ),
  nextCursor,
});
export type BatchResponse = z.output<typeof batchResponseSchema>;
