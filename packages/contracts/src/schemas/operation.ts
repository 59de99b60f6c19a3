import { daysInclusive, RECEIPT_OUTCOMES, RECORD_STATES, REFUSAL_CODES } from "@xueshi/domain";
import { z } from "zod";
import { BREAKER_STATES, FINDING_CODES, PULL_KINDS, PULL_STATES } from "../catalogue/states.ts";
import { FRESHNESS_TEXTS } from "../catalogue/verdicts.ts";
import { LIMITS } from "../limits.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { instantOut, issue, kebabName, localDate, note, requiredText, uuid, verdictIdText } from "./primitives.ts";
import { HOLD_CODES } from "./receipt.ts";

const count = z.int().min(0);
const FRESHNESS_STATES = Object.keys(FRESHNESS_TEXTS) as readonly string[] as [string, ...string[]];

/** With `from` and `until` (days of the platform's update time, Asia/Shanghai, both inclusive) a back-fill. */
export const pullRequestSchema = z
  .strictObject({
    platform: kebabName,
    from: localDate.optional().meta(note("补采的第一天（按平台更新时间）", "first day of a back-fill, by update time")),
    until: localDate.optional().meta(note("补采的最后一天（含）", "last day of a back-fill, inclusive")),
  })
  .superRefine(({ from, until }, context) => {
    if (from === undefined && until === undefined) return;
    if (from === undefined) context.addIssue(issue("required", ["from"]));
    else if (until === undefined) context.addIssue(issue("required", ["until"]));
    else if (until < from || daysInclusive(from, until) > LIMITS.backfillDaysMax) {
      context.addIssue(issue("range_invalid", ["until"], { maximum: String(LIMITS.backfillDaysMax) }));
    }
  });
export type PullRequest = z.output<typeof pullRequestSchema>;

/** Why a suspicious pull is taken for complete all the same. */
export const acceptanceRequestSchema = z.strictObject({
  reason: requiredText(500).meta(note("认可的理由，如平台的答复", "why it is accepted, such as the platform's answer")),
});

const dayOut = z.string().meta({ format: "date" });

const pull = z.strictObject({
  pullId: z.string(),
  platform: z.string(),
  kind: z.enum(PULL_KINDS),
  from: dayOut.nullable().meta(note("补采的第一天", "first day of a back-fill")),
  until: dayOut.nullable().meta(note("补采的最后一天", "last day of a back-fill")),
  state: z.enum(PULL_STATES),
  requestedBy: z.string().nullable().meta(note("发起者；null 为定时", "who asked for it; null: the schedule")),
  queuedAt: instantOut.nullable(),
  startedAt: instantOut.nullable(),
  endedAt: instantOut.nullable(),
  pages: count,
  rows: count,
  progress: z
    .strictObject({
      rowsRead: count,
      rowsExpected: count.nullable().meta(note("平台所说的行数", "rows that the platform says there are")),
      percent: z.int().min(0).max(100).nullable(),
      at: instantOut.nullable().meta(note("补采读到的更新时间", "update time that a back-fill has reached")),
    })
    .nullable()
    .meta(note("进行中的采集读到哪里；其他为 null", "how far a running pull is; null otherwise")),
  /** What stopped a partial or failed pull, or makes one suspicious: a stable word and a sentence without personal data. */
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  findings: z
    .array(
      z.strictObject({
        code: z.enum(FINDING_CODES),
        message: z.string(),
        at: z.string().nullable().meta(note("日期或文件名；null 为整个范围", "a day or a file; null: the whole range")),
        before: count.meta(note("以往的条数或行数", "records or rows before")),
        missing: count.meta(note("没有再来的", "those that did not come")),
      }),
    )
    .meta(note("与以往不符之处", "what does not fit what came before")),
  acceptance: z
    .strictObject({ reason: z.string(), acceptedBy: z.string(), acceptedAt: instantOut })
    .nullable()
    .meta(note("可疑的采集由谁认可", "who accepted a suspicious pull")),
});
export type PullView = z.output<typeof pull>;

export const pullResponseSchema = pull;
export const pullParams = z.strictObject({ pullId: uuid });
export const pullsQuery = z.strictObject({
  ...pageQueryShape,
  platform: kebabName.optional(),
  state: z.enum(PULL_STATES).optional(),
});
export const pullsResponseSchema = z.strictObject({ pulls: z.array(pull), nextCursor });
export type PullsResponse = z.output<typeof pullsResponseSchema>;

const seconds = z.int().min(0);
const platformShape = {
  platform: z.string(),
  title: z.string(),
  freshness: z.enum(FRESHNESS_STATES),
  completeUntil: instantOut
    .nullable()
    .meta(note("最近一次完整采集的开始时间", "start of the last pull that reached its end")),
  maxAgeHours: z.number(),
  unpostedBatches: count.meta(note("等待入账的批次数", "batches that wait to be posted to the ledger")),
  lastPull: pull.nullable(),
  lastSuccessAt: instantOut.nullable().meta(note("最近一次完整采集结束的时间", "when the last complete pull ended")),
  breaker: z
    .strictObject({
      state: z.enum(BREAKER_STATES),
      failuresInARow: count,
      retryAt: instantOut.nullable().meta(note("定时采集等到此时", "pulls on schedule wait until then")),
      lastReason: z.string().nullable().meta(note("最近一次失败的原因", "reason of the last failure")),
    })
    .meta(note("连续失败时暂停定时采集", "stops pulls on schedule while the platform keeps failing")),
  overlap: z
    .strictObject({ seconds, secondsMin: seconds, secondsMax: seconds })
    .nullable()
    .meta(note("下一次采集回看多少秒，由实测的迟到学得", "how far the next pull looks back, learned from lateness")),
  latenessP99Seconds: seconds
    .nullable()
    .meta(note("99% 的迟到行不超过的秒数；null 为从无迟到", "99 % of late rows came within; null: none was late")),
  clockSkewMs: z
    .int()
    .nullable()
    .meta(note("平台时钟减本机时钟，毫秒", "the platform's clock less ours, milliseconds")),
  rowsPerDay: z
    .array(z.strictObject({ day: dayOut, rows: count }))
    .meta(note("近 7 天每天采集的行数", "rows pulled on each of the last 7 days")),
};

export const platformsResponseSchema = z.strictObject({ platforms: z.array(z.strictObject(platformShape)) });
export type PlatformsResponse = z.output<typeof platformsResponseSchema>;

export const platformParams = z.strictObject({ platform: kebabName });
export const platformResponseSchema = z.strictObject({
  ...platformShape,
  schedule: z.strictObject({ cron: z.string(), timeZone: z.string() }),
  expectations: z.strictObject({
    maxAgeHours: z.number(),
    vanishedShareMax: z.number().meta(note("重读时段允许消失的比例", "share of a range read again that may be gone")),
    dropShareMax: z.number().meta(note("文件或清单允许减少的比例", "share of a file or listing that may be gone")),
    missingRowsMin: count.meta(note("少于此数不算消失", "fewer than this are never missed")),
  }),
  lateness: z
    .array(
      z.strictObject({
        secondsMax: seconds.meta(note("迟到不超过的秒数", "late by at most so many seconds")),
        rows: count,
        lastSeenAt: instantOut,
      }),
    )
    .meta(note("各行比应到时间迟了多久", "how late rows came, as a histogram")),
});
export type PlatformResponse = z.output<typeof platformResponseSchema>;

/** How rows ended: an outcome, or for refused and held ones the code. */
const ROW_ENDINGS = [...RECEIPT_OUTCOMES, ...REFUSAL_CODES, ...HOLD_CODES] as const;

/** Per platform, how many rows ended how; each row once, what an overlap read again is apart as `reread`. */
export const ingestionSummarySchema = z.strictObject({
  platforms: z.record(z.string(), z.strictObject({ rows: z.partialRecord(z.enum(ROW_ENDINGS), count), reread: count })),
});
export type IngestionSummary = z.output<typeof ingestionSummarySchema>;

/** Per platform, in which state its records are. */
export const ledgerSummarySchema = z.strictObject({
  platforms: z.record(z.string(), z.strictObject({ records: z.partialRecord(z.enum(RECORD_STATES), count) })),
  entries: count,
  practitioners: count,
  waitingForReview: count,
});
export type LedgerSummary = z.output<typeof ledgerSummarySchema>;

export const batchParams = z.strictObject({ batchId: uuid });
export const verdictParams = z.strictObject({ verdictId: verdictIdText });
