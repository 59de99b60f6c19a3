import { type Declaration, KINDS, LEVELS, type LocalDate } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { type PractitionerRef, practitionerSchema } from "./practitioner.ts";
import { declarationYear, instantMs, issue, kebabName, localDate, note, reference } from "./primitives.ts";

/** The codes of the closed lists; the rulebook's vocabulary is one. */
export interface VocabularyCodes {
  readonly series: readonly { readonly code: string }[];
  readonly educations: readonly { readonly code: string }[];
}

/** A check, parsed: ids in their normal form, dates and instants read, defaults still null. */
export interface CheckRequest {
  /** The caller's own reference, given back beside the answer; null when there was none. */
  readonly id: string | null;
  readonly practitioner: PractitionerRef;
  readonly declaration: Declaration;
  /** Effective clock; null means today in Asia/Shanghai. */
  readonly asOf: LocalDate | null;
  /** Known clock, ms since 1970 UTC; null means now. */
  readonly knownAtMs: number | null;
  readonly keep: boolean;
}

/** One of the codes of a closed list. */
export function oneOf(terms: readonly { readonly code: string }[]) {
  return z.enum(terms.map((term) => term.code) as [string, ...string[]]);
}

/** The fields of a declaration over the closed lists; level matters for a review only and is needed there. */
function declarationSchema(vocabulary: VocabularyCodes) {
  return z
    .strictObject({
      place: kebabName,
      year: declarationYear,
      kind: z.enum(KINDS),
      level: z.enum(LEVELS).nullish(),
      series: oneOf(vocabulary.series),
      education: oneOf(vocabulary.educations).nullish(),
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
      };
    });
}

/** `POST /v1/checks`, for one installation's vocabulary. */
export function checkRequestSchema(vocabulary: VocabularyCodes) {
  return z
    .strictObject({
      id: reference
        .optional()
        .meta(note("自编号，随回答原样返回", "your own reference; it comes back beside the answer")),
      practitioner: practitionerSchema,
      declaration: declarationSchema(vocabulary),
      asOf: localDate
        .optional()
        .meta(note("此日之后获得的学时不计入；默认今天", "hours obtained after this date do not count; default today")),
      knownAt: instantMs
        .optional()
        .meta(note("只看此刻之前已入账的内容；默认现在", "only what was in the ledger by this instant; default now")),
      keep: z.boolean().optional().meta(note("保存结论并给出编号", "keep the verdict under an id")),
    })
    .transform(
      (value): CheckRequest => ({
        id: value.id ?? null,
        practitioner: value.practitioner,
        declaration: value.declaration,
        asOf: value.asOf ?? null,
        knownAtMs: value.knownAt ?? null,
        keep: value.keep ?? false,
      }),
    );
}

/** The envelope of `POST /v1/checks/batch`; each check is parsed by itself and answered by itself. */
export const checksRequestSchema = z.strictObject({
  checks: z.array(z.unknown()).min(1).max(LIMITS.checksPerRequestMax),
});

export function checksRequestDocument(vocabulary: VocabularyCodes) {
  return z.strictObject({
    checks: z.array(checkRequestSchema(vocabulary)).min(1).max(LIMITS.checksPerRequestMax),
  });
}
