import { ID_TYPES, type PersonId, parsePersonId } from "@xueshi/domain";
import { z } from "zod";
import { nextCursor } from "./paging.ts";
import { instantOut, issue, note, requiredText, uuid } from "./primitives.ts";

const byDocument = z
  .strictObject({ idType: z.enum(ID_TYPES), idNumber: requiredText(64) })
  .transform((value, context) => {
    const personId = parsePersonId(value.idType, value.idNumber);
    if (personId !== null) return { by: "document" as const, personId: personId satisfies PersonId };
    context.addIssue(issue("id_invalid", ["idNumber"]));
    return z.NEVER;
  });
const byPractitionerId = z
  .strictObject({ practitionerId: uuid })
  .transform((value) => ({ by: "practitioner-id" as const, practitionerId: value.practitionerId }));
/** A person by document without a name, or by practitioner id. */
export const namedPersonSchema = z.union([byDocument, byPractitionerId]);
export type NamedPerson = z.output<typeof namedPersonSchema>;

export const mergeRequestSchema = z.strictObject({
  from: namedPersonSchema.meta(note("错误的证件号码", "the id that was wrong")),
  into: namedPersonSchema.meta(note("正确的证件号码", "the right one")),
  reason: requiredText(500),
  document: requiredText(200).optional().meta(note("决定所依据的文件", "the document that the decision rests on")),
});
export type MergeRequest = z.output<typeof mergeRequestSchema>;

const mergeShape = {
  decisionId: uuid,
  from: uuid.meta(note("practitionerId", "practitionerId")),
  into: uuid.nullable().meta(note("practitionerId；撤销时为 null", "practitionerId; null when a merge was taken back")),
} as const;

export const mergeResponseSchema = z.strictObject({
  ...mergeShape,
  batchId: uuid.nullable().meta(note("早已合并时为 null", "null when they were merged already")),
});
export type MergeResponse = z.output<typeof mergeResponseSchema>;

export const mergesResponseSchema = z.strictObject({
  merges: z.array(
    z.strictObject({
      ...mergeShape,
      inForce: z.boolean(),
      decidedAt: instantOut,
      reason: z.string(),
      document: z.string().nullable(),
      actor: z.string(),
    }),
  ),
  nextCursor,
});
export type MergesResponse = z.output<typeof mergesResponseSchema>;
