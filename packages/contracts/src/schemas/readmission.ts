import { daysInclusive } from "@xueshi/domain";
import { z } from "zod";
import { READMISSION_FAILURE_TEXTS, READMISSION_MODES, READMISSION_STATES } from "../catalogue/readmissions.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor } from "./paging.ts";
import { instantOut, issue, kebabName, localDate, note, requiredText, uuid } from "./primitives.ts";

const count = z.int().min(0);
const FAILURES = Object.keys(READMISSION_FAILURE_TEXTS) as readonly string[] as [string, ...string[]];

/** `from` and `until` are days on which rows came first, Asia/Shanghai, both inclusive; absent: all that are kept. */
export const readmissionRequestSchema = z
  .strictObject({
    source: kebabName.meta(note("平台或上报来源", "a platform, or a source that pushes")),
    mode: z
      .enum(READMISSION_MODES)
      .meta(note("compare 只列出差异；apply 执行已比对的范围", "compare only lists; apply does what was compared")),
    from: localDate.optional().meta(note("首次到达的第一天", "first day on which rows came first")),
    until: localDate.optional().meta(note("首次到达的最后一天（含）", "last such day, inclusive")),
    repost: z
      .boolean()
      .optional()
      .meta(
        note(
          "读法未变的记录也重新入账，如科目代码表有改动",
          "post records that read as before anew as well, as a changed table of subject codes needs",
        ),
      ),
    reason: requiredText(500).meta(note("理由，如改正了哪个字段", "why, such as which field was mended")),
  })
  .superRefine(({ from, until }, context) => {
    if (from === undefined || until === undefined) return;
    if (until < from || daysInclusive(from, until) > LIMITS.backfillDaysMax) {
      context.addIssue(issue("range_invalid", ["until"], { maximum: String(LIMITS.backfillDaysMax) }));
    }
  });
export type ReadmissionRequest = z.output<typeof readmissionRequestSchema>;

const dayOut = z.string().meta({ format: "date" });

export const readmissionSchema = z.strictObject({
  readmissionId: uuid,
  source: z.string(),
  mode: z.enum(READMISSION_MODES),
  from: dayOut.nullable(),
  until: dayOut.nullable(),
  repost: z.boolean(),
  state: z.enum(READMISSION_STATES),
  message: z.string(),
  percent: z.int().min(0).max(100).meta(note("进度", "how far it is")),
  sums: z
    .record(z.string(), count)
    .meta(
      note(
        "读到的页与行，以及各类改动的数目：pages、rows、pagesLeft、pagesUnreadable、records、added、changed、leftOut、refused、refusedNoMore、decisionsMoved、decisionsLeft、peopleRenamed",
        "pages and rows that were read, and changes by kind: pages, rows, pagesLeft, pagesUnreadable, records, added, changed, leftOut, refused, refusedNoMore, decisionsMoved, decisionsLeft, peopleRenamed",
      ),
    ),
  changesKept: z
    .boolean()
    .meta(
      note(
        "差异清单是否仍保留；超过保留期后删除",
        "whether the list of changes is still kept; after its days it is removed",
      ),
    ),
  failure: z.strictObject({ code: z.enum(FAILURES), message: z.string() }).nullable(),
  reason: z.string(),
  actor: z.string(),
  startedAt: instantOut,
  endedAt: instantOut.nullable(),
});
export type ReadmissionResponse = z.output<typeof readmissionSchema>;

export const readmissionsResponseSchema = z.strictObject({ readmissions: z.array(readmissionSchema), nextCursor });

const shownRow = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .nullable()
  .meta(note("outcome 与各字段的值；null 为没有这一行", "outcome and the fields; null: there is no such row"));

export const readmissionChangesResponseSchema = z.strictObject({
  changes: z.array(
    z.strictObject({
      source: z.string(),
      recordId: z.string().meta(note("改正前后不同时为改正后的", "where it changed, the new one")),
      before: shownRow,
      after: shownRow,
    }),
  ),
  nextCursor,
});

export const readmissionParams = z.strictObject({ readmissionId: uuid });
