import { type Declaration, type HypotheticalHours, type LocalDate, parseHours, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { declarationSchema, type VocabularyCodes } from "./declaration.ts";
import { type PractitionerRef, practitionerSchema } from "./practitioner.ts";
import { declarationYear, instantMs, issue, localDate, note, reference, requiredText } from "./primitives.ts";

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
  /** Whether to say of each record how much of it counts toward what, and what is missing at least. */
  readonly explain: boolean;
  readonly hypothetical: readonly HypotheticalHours[];
}

/** Hours to answer with as if they were registered; they are never stored. */
const hypotheticalHours = z
  .strictObject({
    hours: z.number(),
    subject: z.enum(SUBJECTS),
    obtainedOn: localDate,
    attributedYear: declarationYear.optional(),
    pathway: requiredText(64).optional(),
    assessedOn: localDate.optional(),
  })
  .transform((value, context): HypotheticalHours => {
    const hoursHundredths = parseHours(value.hours);
    if (hoursHundredths === null) context.addIssue(issue("hours_invalid", ["hours"]));
    return {
      hoursHundredths: hoursHundredths ?? 0,
      subject: value.subject,
      obtainedOn: value.obtainedOn,
      attributedYear: value.attributedYear ?? null,
      pathway: value.pathway ?? null,
      assessedOn: value.assessedOn ?? null,
    };
  });

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
      explain: z
        .boolean()
        .optional()
        .meta(note("逐条说明计入情况，并给出最少还差什么", "explain each record, and what is missing at least")),
      hypothetical: z
        .array(hypotheticalHours)
        .max(LIMITS.hypotheticalHoursMax)
        .optional()
        .meta(note("假设已有的学时；不会保存", "hours to count as if they were registered; never stored")),
    })
    .superRefine((value, context) => {
      if (value.keep !== true || (value.hypothetical ?? []).length === 0) return;
      context.addIssue(issue("not_together", ["hypothetical"], { other: "keep" }));
    })
    .transform(
      (value): CheckRequest => ({
        id: value.id ?? null,
        practitioner: value.practitioner,
        declaration: value.declaration,
        asOf: value.asOf ?? null,
        knownAtMs: value.knownAt ?? null,
        keep: value.keep ?? false,
        explain: value.explain ?? false,
        hypothetical: value.hypothetical ?? [],
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
