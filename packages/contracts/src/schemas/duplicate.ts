import { DUPLICATE_DECISION_KINDS } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { correctionShape } from "./correction.ts";
import { nextCursor } from "./paging.ts";
import { issue, note, requiredText, uuid } from "./primitives.ts";

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
