import { RECORD_STATES, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { REVIEW_REASONS } from "../catalogue/states.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { hoursOut, instantOut, issue, kebabName, note, requiredText, uuid } from "./primitives.ts";

/** Which waiting records to list; all of them unless narrowed. */
export const reviewsQuery = z.strictObject({
  ...pageQueryShape,
  reason: z.enum(REVIEW_REASONS).optional(),
  platform: kebabName.optional(),
});

export const reviewsResponseSchema = z.strictObject({
  reviews: z.array(
    z.strictObject({
      recordKey: uuid,
      reason: z.enum(REVIEW_REASONS),
      source: z.string(),
      platform: z.string(),
      recordId: z.string(),
      title: z.string().nullable(),
      hours: hoursOut.nullable(),
      subjectCode: z.string().nullable(),
      suggestedSubject: z
        .enum(SUBJECTS)
        .nullable()
        .meta(note("由文字推测，不会自动采用", "from the text; never applied by itself")),
      obtainedOn: z.string().nullable(),
      year: z.int().nullable(),
      since: instantOut,
    }),
  ),
  nextCursor,
});
export type ReviewsResponse = z.output<typeof reviewsResponseSchema>;

export const reviewParams = z.strictObject({ recordKey: uuid });

/** An operator's decision: a subject for an unclassified record, or that a duplicate counts after all. */
export const decisionRequestSchema = z
  .strictObject({
    subject: z.enum(SUBJECTS).optional(),
    counts: z.literal(true).optional().meta(note("撤销重复认定", "undo a duplicate")),
    reason: requiredText(500),
    document: requiredText(200).optional().meta(note("决定所依据的文件", "the document that the decision rests on")),
  })
  .superRefine((value, context) => {
    if ((value.subject === undefined) === (value.counts === undefined)) {
      context.addIssue(issue("choose_one", [], { allowed: "subject, counts" }));
    }
  });
export type DecisionRequest = z.output<typeof decisionRequestSchema>;

/** One decision of many records: named, or all that wait for one reason. */
export const reviewDecisionsRequestSchema = z
  .strictObject({
    recordKeys: z.array(uuid).min(1).max(LIMITS.reviewsPerRequestMax).optional(),
    filter: z
      .strictObject({
        reason: z.enum(REVIEW_REASONS),
        platform: kebabName.optional(),
        subjectCode: requiredText(64)
          .optional()
          .meta(note("来源自己的科目代码", "the code by which the source says the subject")),
      })
      .optional(),
    subject: z.enum(SUBJECTS).optional(),
    counts: z.literal(true).optional().meta(note("撤销重复认定", "undo duplicates")),
    reason: requiredText(500),
    document: requiredText(200).optional().meta(note("决定所依据的文件", "the document that the decision rests on")),
  })
  .superRefine((value, context) => {
    if ((value.subject === undefined) === (value.counts === undefined)) {
      context.addIssue(issue("choose_one", [], { allowed: "subject, counts" }));
    }
    if ((value.recordKeys === undefined) === (value.filter === undefined)) {
      context.addIssue(issue("choose_one", [], { allowed: "recordKeys, filter" }));
    }
  });

export const reviewDecisionsResponseSchema = z.strictObject({
  receipts: z.array(
    z.strictObject({
      recordKey: uuid,
      outcome: z.enum(["decided", "unchanged", "not_decided"]),
      state: z.enum(RECORD_STATES).nullable().meta(note("没有这条待办时为 null", "null when there is no such record")),
    }),
  ),
  more: z.boolean().meta(note("按条件还有等待处理的记录", "more records wait that the filter fits")),
});
export type ReviewDecisionsResponse = z.output<typeof reviewDecisionsResponseSchema>;

export const decisionResponseSchema = z.strictObject({
  recordKey: uuid,
  state: z.enum(RECORD_STATES),
  subject: z.string().nullable(),
  postingId: z.string().nullable().meta(note("该决定早已生效时为 null", "null when the decision stood already")),
});
export type DecisionResponse = z.output<typeof decisionResponseSchema>;
