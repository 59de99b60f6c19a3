import { type PullFinding, readAcceptedMissing, readStandingRecords } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import type { IngestionContext } from "../ingestion-context.ts";
import { type ExpectedDay, ExpectedRecords } from "./expected-records.ts";
import { judgeRange } from "./judge-completeness.ts";

/** Records of a range that are held against what comes; the earliest of a larger range. */
const EXPECTED_MAX = 1_000_000;

/** The records that stood in a range of update times when a pull began. */
export interface ExpectedRange {
  readonly records: ExpectedRecords;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Reads, before anything of a pull is stored, which records of a range must come again. */
export async function expectRecords(
  context: Pick<IngestionContext, "sql">,
  platform: Platform,
  range: { readonly fromMs: number; readonly untilMs: number },
  recordsMax: number = EXPECTED_MAX,
): Promise<ExpectedRange> {
  const records = new ExpectedRecords();
  let lastMs = range.fromMs;
  for await (const page of readStandingRecords(context.sql, { source: platform.name, ...range, recordsMax })) {
    for (const { recordKey, updateTimeMs } of page) {
      records.add(recordKey, updateTimeMs);
      lastMs = updateTimeMs;
    }
  }
  return { records, fromMs: range.fromMs, untilMs: records.size < recordsMax ? range.untilMs : lastMs };
}

/** What did not come again, and whether that is too much of it. */
export interface RangeJudgement {
  readonly findings: readonly PullFinding[];
  /** Missing records by day; empty without findings. */
  readonly missing: Readonly<Record<string, number>>;
}

/** Judges a range that was read to its end; its records may be those of a larger one. */
export async function judgeExpected(
  context: Pick<IngestionContext, "sql">,
  platform: Platform,
  range: ExpectedRange,
): Promise<RangeJudgement> {
  const days = range.records.byDay(range.fromMs, range.untilMs);
  const missing = missingOf(days);
  if (Object.keys(missing).length === 0) return { findings: [], missing };
  const acceptedMissing = await readAcceptedMissing(context.sql, platform.name);
  const { fromMs, untilMs } = range;
  const findings = judgeRange({ fromMs, untilMs, days, acceptedMissing }, platform.expectations);
  return { findings, missing: findings.length > 0 ? missing : {} };
}

function missingOf(days: ReadonlyMap<string, ExpectedDay>): Record<string, number> {
  const missing = [...days].filter(([, counts]) => counts.missing > 0);
  return Object.fromEntries(missing.map(([day, counts]) => [day, counts.missing]));
}
