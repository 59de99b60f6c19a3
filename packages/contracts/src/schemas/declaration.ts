import { type Declaration, type DeclaredGrant, KINDS, LEVELS, type LocalDate, type PersonFact } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { declarationYear, issue, kebabName, localDate, note, requiredText } from "./primitives.ts";

/** The codes of the closed lists; the rulebook's vocabulary is one. */
export interface VocabularyCodes {
  readonly series: readonly { readonly code: string }[];
  readonly educations: readonly { readonly code: string }[];
}

/** One of the codes of a closed list. */
export function oneOf(terms: readonly { readonly code: string }[]) {
  return z.enum(terms.map((term) => term.code) as [string, ...string[]]);
}

const facts = z
  .strictObject({
    qualifiedOn: localDate
      .optional()
      .meta(note("取得资格或首次注册之日", "when the person qualified or first registered")),
    titleObtainedOn: localDate.optional().meta(note("取得现职称之日", "when the present title was obtained")),
    cycleStartedOn: localDate.optional().meta(note("本人周期起始之日", "when the person's own cycle began")),
  })
  .meta(note("某些规定所需的个人日期", "dates about the person that some rules need"));

const grant = z.strictObject({
  code: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9_]*$/)
    .meta(note("规则所列的豁免或延期", "an exemption or deferral that the rules know")),
  year: declarationYear,
  document: requiredText(200).meta(note("批准文件", "the document that grants it")),
});

/** The fields of a declaration over the closed lists; level matters for a review only and is needed there. */
export function declarationSchema(vocabulary: VocabularyCodes) {
  return z
    .strictObject({
      place: kebabName,
      year: declarationYear,
      kind: z.enum(KINDS),
      level: z.enum(LEVELS).nullish(),
      series: oneOf(vocabulary.series),
      education: oneOf(vocabulary.educations).nullish(),
      facts: facts.optional(),
      grants: z.array(grant).max(LIMITS.grantsMax).optional(),
    })
    .transform((value, context): Declaration => {
      if (value.kind === "review" && value.level == null) context.addIssue(issue("required", ["level"]));
      return {
        place: value.place,
        year: value.year,
        kind: value.kind,
        level: value.level ?? null,
        series: value.series,
        education: value.education ?? null,
        ...(value.facts !== undefined && { facts: factsOf(value.facts) }),
        ...(value.grants !== undefined && { grants: value.grants satisfies DeclaredGrant[] }),
      };
    });
}

function factsOf({
  qualifiedOn,
  titleObtainedOn,
  cycleStartedOn,
}: z.output<typeof facts>): Partial<Record<PersonFact, LocalDate>> {
  return {
    ...(qualifiedOn !== undefined && { qualified_on: qualifiedOn }),
    ...(titleObtainedOn !== undefined && { title_obtained_on: titleObtainedOn }),
    ...(cycleStartedOn !== undefined && { cycle_started_on: cycleStartedOn }),
  };
}
