import { RECEIPT_OUTCOMES, RECORD_STATES, REFUSAL_CODES } from "@xueshi/domain";
import { z } from "zod";
import { PULL_STATES } from "../catalogue/states.ts";
import { FRESHNESS_TEXTS } from "../catalogue/verdicts.ts";
import { nextCursor, pageQueryShape } from "./paging.ts";
import { instantOut, kebabName, note, uuid, verdictIdText } from "./primitives.ts";
import { HOLD_CODES } from "./receipt.ts";

const count = z.int().min(0);
const FRESHNESS_STATES = Object.keys(FRESHNESS_TEXTS) as readonly string[] as [string, ...string[]];

export const pullRequestSchema = z.strictObject({ platform: kebabName });
export type PullRequest = z.output<typeof pullRequestSchema>;

const pull = z.strictObject({
  pullId: z.string(),
  platform: z.string(),
  state: z.enum(PULL_STATES),
  queuedAt: instantOut.nullable(),
  startedAt: instantOut.nullable(),
  endedAt: instantOut.nullable(),
  pages: count,
  rows: count,
  /** What stopped a partial or failed pull: a stable word and a sentence without personal data. */
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export type PullView = z.output<typeof pull>;

export const pullResponseSchema = pull;
export const pullsQuery = z.strictObject({
  ...pageQueryShape,
  platform: kebabName.optional(),
  state: z.enum(PULL_STATES).optional(),
});
export const pullsResponseSchema = z.strictObject({ pulls: z.array(pull), nextCursor });
export type PullsResponse = z.output<typeof pullsResponseSchema>;

export const platformsResponseSchema = z.strictObject({
  platforms: z.array(
    z.strictObject({
      platform: z.string(),
      title: z.string(),
      freshness: z.enum(FRESHNESS_STATES),
      completeUntil: instantOut
        .nullable()
        .meta(note("最近一次完整采集的开始时间", "start of the last pull that reached its end")),
      maxAgeHours: z.number(),
      unpostedBatches: count.meta(note("等待入账的批次数", "batches that wait to be posted to the ledger")),
      lastPull: pull.nullable(),
    }),
  ),
});
export type PlatformsResponse = z.output<typeof platformsResponseSchema>;

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
