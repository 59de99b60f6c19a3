import { KINDS, LEVELS, RECORD_STATES } from "@xueshi/domain";
import { z } from "zod";
import { countsInsteadSchema } from "./counts-instead.ts";
import { oneOf, type VocabularyCodes } from "./declaration.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { declarationYear, hoursOut, instantMs, instantOut, kebabName, localDate, note, uuid } from "./primitives.ts";

export const practitionerParams = z.strictObject({ practitionerId: uuid });

/** Where in the person's chain the answer was cut: last sequence seen (0 for none) and its hash. */
const chainCut = z.strictObject({ sequence: z.int().min(0), head: z.string() });

const clocks = {
  asOf: localDate.optional().meta(note("此日之后获得的学时不计入", "without hours that were obtained after this date")),
  knownAt: instantMs.optional().meta(note("只看此刻之前已入账的内容", "only what was in the ledger by this instant")),
};

/** Without a clock, the balances as they are; with one, what the entries come to by it. */
export const balancesQuery = z.strictObject({
  ...pageQueryShape,
  ...clocks,
  explain: z
    .enum(["true", "false"])
    .optional()
    .meta(note("列出因重复而未计入的记录及缘由", "list the records that are not in the sums as duplicates, and why")),
});

const asOfOut = z.string().nullable().meta({ format: "date" });

export const balancesResponseSchema = z.strictObject({
  practitionerId: uuid,
  balances: z.array(
    z.strictObject({
      platform: z.string(),
      recognition: z.string().meta(note("学时认定所依据的规则", "the rule set under which the hours stand")),
      year: z.int(),
      subject: z.string(),
      pathway: z.string().nullable(),
      hours: hoursOut,
    }),
  ),
  duplicates: z
    .strictObject({
      records: z.array(
        z.strictObject({
          recordId: z.string(),
          source: z.string(),
          platform: z.string(),
          hours: hoursOut.nullable(),
          subject: z.string().nullable(),
          year: z.int().nullable(),
          countsInstead: countsInsteadSchema.nullable(),
        }),
      ),
      hasMore: z.boolean().meta(note("其余见分录", "entries tell of the others")),
    })
    .optional()
    .meta(note("explain 时才有", "with explain")),
  asOf: asOfOut,
  knownAt: instantOut.nullable().meta(note("null 为现在", "null: now")),
  cut: chainCut,
  nextCursor,
});
export type BalancesResponse = z.output<typeof balancesResponseSchema>;

/** A person's entries as they stood at an instant, oldest first. */
export const entriesQuery = z.strictObject({ ...pageQueryShape, ...clocks });

/** An entry of a person's chain. */
export const entrySchema = z.strictObject({
  sequence: z.int(),
  kind: z.enum(["posting", "reversal", "identity"]),
  reverses: z.int().nullable(),
  recordId: z.string().nullable(),
  source: z.string().nullable(),
  platform: z.string().nullable(),
  state: z.enum(RECORD_STATES).nullable(),
  code: z.string().nullable(),
  hours: hoursOut
    .nullable()
    .meta(note("冲销时为负；无法识别时为 null", "negative in a reversal; null when unreadable")),
  subject: z.string().nullable(),
  year: z.int().nullable(),
  obtainedOn: z.string().nullable(),
  pathway: z.string().nullable(),
  assessedOn: z.string().nullable(),
  recognition: z.string().nullable(),
  title: z.string().nullable(),
  trace: z.string().nullable(),
  flags: z.array(z.string()),
  reason: z.string(),
  actor: z.string(),
  recordedAt: instantOut,
  postingId: z.string(),
  hash: z.string(),
});

export const entriesResponseSchema = z.strictObject({
  practitionerId: uuid,
  entries: z.array(
    entrySchema.extend({
      countsInstead: countsInsteadSchema
        .optional()
        .meta(note("仍为重复的：计入的是哪一条，为何", "of what stands as a duplicate: which record counts, and why")),
    }),
  ),
  asOf: asOfOut,
  knownAt: instantOut,
  cut: chainCut,
  nextCursor,
});
export type EntriesResponse = z.output<typeof entriesResponseSchema>;

/** The declaration to ask about, as query parameters; the answer is that of a check. */
export function requirementsQuery(vocabulary: VocabularyCodes) {
  return z.strictObject({
    place: kebabName,
    year: z
      .string()
      .regex(/^\d{4}$/)
      .transform(Number)
      .pipe(declarationYear),
    kind: z.enum(KINDS),
    level: z.enum(LEVELS).optional(),
    series: oneOf(vocabulary.series),
    education: oneOf(vocabulary.educations).optional(),
    asOf: localDate.optional(),
    knownAt: instantMs.optional(),
    explain: z.enum(["true", "false"]).optional(),
  });
}
