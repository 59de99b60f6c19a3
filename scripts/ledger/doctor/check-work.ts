import {
  countUnpostedBatches,
  readFirstWaitingMs,
  readOldestUnpostedMs,
  readWaitingCount,
  type Sql,
} from "@xueshi/database";
import { type CheckName, type Finding, fault, ok, warning } from "./finding.ts";

const MINUTE_MS = 60_000;

interface Lag {
  readonly check: CheckName;
  readonly code: string;
  readonly count: number;
  /** Since when the oldest waits; null: nothing waits. */
  readonly sinceMs: number | null;
  readonly nowMs: number;
  /** From then on it is a warning, and a fault. */
  readonly warningMs: number;
  readonly faultMs: number;
  readonly zh: string;
  readonly en: string;
}

function judgeLag({ check, code, count, sinceMs, nowMs, warningMs, faultMs, zh, en }: Lag): Finding[] {
  const ageMs = sinceMs === null ? 0 : nowMs - sinceMs;
  const seconds = Math.round(ageMs / 1_000);
  const text = { zh: `${zh} ${count} 个，最久 ${seconds} 秒。`, en: `${en}: ${count}, the oldest for ${seconds} s.` };
  if (sinceMs === null || ageMs < warningMs) return [ok(check, text)];
  const todo = {
    zh: "看 ledger-service 是否在运行，以及其日志。",
    en: "See whether the ledger service runs, and what its log says.",
  };
  return [(ageMs < faultMs ? warning : fault)(check, code, text, todo)];
}

/** Postings that have no position in the feed yet: the sequencer gives one within a second. */
export async function checkFeed(sql: Sql, nowMs: number): Promise<Finding[]> {
  return judgeLag({
    ...{ check: "feed", code: "feed_lag", nowMs, warningMs: MINUTE_MS, faultMs: 10 * MINUTE_MS },
    ...{ count: await readWaitingCount(sql), sinceMs: await readFirstWaitingMs(sql) },
    ...{ zh: "尚未排入总序的入账", en: "Postings without a position in the feed" },
  });
}

/** Batches that are stored and not posted. */
export async function checkPostings(sql: Sql, nowMs: number): Promise<Finding[]> {
  const counts = await countUnpostedBatches(sql);
  return judgeLag({
    ...{ check: "postings", code: "postings_late", nowMs, warningMs: 5 * MINUTE_MS, faultMs: 60 * MINUTE_MS },
    ...{ count: [...counts.values()].reduce((sum, count) => sum + count, 0), sinceMs: await readOldestUnpostedMs(sql) },
    ...{ zh: "尚未入账的批次", en: "Batches that are not posted" },
  });
}
