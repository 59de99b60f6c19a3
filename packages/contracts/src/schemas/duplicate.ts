import { DUPLICATE_DECISION_KINDS } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { correctionShape } from "./correction.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { hoursOut, issue, kebabName, note, queryInteger, requiredText, uuid } from "./primitives.ts";

const recordSet = z.array(uuid).min(2).max(LIMITS.duplicateSetRecordsMax);

export const duplicateDecisionRequestSchema = z
  .strictObject({
    kind: z.enum(DUPLICATE_DECISION_KINDS),
    recordSets: z
      .array(recordSet)
      .min(1)
      .max(LIMITS.duplicateSetsMax)
      .meta(
        note(
          "每组记录各为同一成果，或互不相同；各组分别认定，全部执行或全不执行",
          "of each set that it is one achievement, or that no two of it are; all sets or none",
        ),
      ),
    reason: requiredText(500),
    document: requiredText(200).optional().meta(note("依据文件", "the document that it rests on")),
    apply: z
      .literal(true)
      .optional()
      .meta(
        note(
          `立即执行；至多 ${LIMITS.correctionsAtOnceMax} 条记录，且无须另一位经办人`,
          `apply it at once; at most ${LIMITS.correctionsAtOnceMax} records, where no second holder is needed`,
        ),
      ),
  })
  .superRefine(({ recordSets, apply }, context) => {
    const seen = new Set<string>();
    recordSets.forEach((set, at) => {
      set.forEach((recordKey, index) => {
        if (seen.has(recordKey)) context.addIssue(issue("named_twice", ["recordSets", at, index]));
        seen.add(recordKey);
      });
    });
    const tooMany = (maximum: number) =>
      context.addIssue(issue("too_many", ["recordSets"], { maximum: String(maximum) }));
    if (seen.size > LIMITS.correctionRecordsMax) tooMany(LIMITS.correctionRecordsMax);
    else if (apply === true && seen.size > LIMITS.correctionsAtOnceMax) tooMany(LIMITS.correctionsAtOnceMax);
  });
export type DuplicateDecisionRequest = z.output<typeof duplicateDecisionRequestSchema>;

export const duplicateDecisionSchema = z.strictObject({
  decisionId: uuid,
  kind: z.enum(DUPLICATE_DECISION_KINDS),
  recordSets: z.array(z.array(uuid)),
  ...correctionShape,
});
export type DuplicateDecisionResponse = z.output<typeof duplicateDecisionSchema>;

export const duplicateDecisionsResponseSchema = z.strictObject({
  decisions: z.array(duplicateDecisionSchema),
  nextCursor,
});

export const duplicateDecisionParams = z.strictObject({ decisionId: uuid });

export const duplicateCandidatesQuery = z.strictObject({
  ...pageQueryShape,
  platform: kebabName.optional().meta(note("登记所属平台", "the platform of record")),
  days: queryInteger(0, LIMITS.candidateDaysMax)
    .optional()
    .meta(
      note(
        `获得日期至多相差几天，默认 ${LIMITS.candidateDaysDefault}`,
        `days between the dates at most, default ${LIMITS.candidateDaysDefault}`,
      ),
    ),
  scoreMin: queryInteger(0, 100)
    .optional()
    .meta(
      note(`最低得分，默认 ${LIMITS.candidateScoreDefault}`, `least score, default ${LIMITS.candidateScoreDefault}`),
    ),
});

const candidateRecord = z.strictObject({
  recordKey: uuid,
  source: z.string(),
  recordId: z.string(),
  title: z.string(),
  subject: z.string().nullable(),
  obtainedOn: z.string(),
  year: z.int().nullable(),
});

/** Two records of one person that both count, and by what they are likely one achievement. */
const candidate = z.strictObject({
  platform: z.string(),
  hours: hoursOut,
  records: z.array(candidateRecord).meta(note("两条", "two")),
  score: z.int().meta(note("0–100：标题相似度减去以下各项", "0–100: the similarity of the titles less what follows")),
  titleSimilarity: z
    .int()
    .meta(
      note(
        "0–100：两个标题（NFKC、小写，去空格与标点）相邻字对的 Dice 系数",
        "0–100: Dice coefficient over the pairs of neighbouring characters of both titles (NFKC, lower case, no spaces or punctuation)",
      ),
    ),
  daysApart: z.int().meta(note("每天减 1", "one off for each")),
  numbersDiffer: z.boolean().meta(note("标题中的数字不同，减 20", "the digits in the titles differ: 20 off")),
  subjectsDiffer: z.boolean().meta(note("科目不同，减 10", "10 off")),
  message: z.string(),
});

export const duplicateCandidatesResponseSchema = z.strictObject({
  candidates: z
    .array(candidate)
    .meta(note("一页可能不满，甚至为空；以 nextCursor 为准", "a page may be short or empty; nextCursor tells")),
  nextCursor,
});
export type DuplicateCandidatesResponse = z.output<typeof duplicateCandidatesResponseSchema>;
