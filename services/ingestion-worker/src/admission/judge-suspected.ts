import type { PullFinding, SuspectedRange } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import type { Overlap } from "../acquisition/overlap.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { type ExpectedRange, judgeExpected } from "./expect-records.ts";
import { FINDINGS_MAX } from "./judge-completeness.ts";
import { type Judgement, NOTHING_FOUND } from "./read-pull.ts";

/** A pull looks back to ranges that end so little before its position; for others there are back-fills and acceptance. */
const REACH_MS = 7 * 86_400_000;
/** The oldest of more ranges are kept: while one of them stands, the platform is not complete. */
const SUSPECTED_MAX = 100;

/** How far a pull must look back to read again what is suspected, as far as that is within reach; seconds. */
export function suspectedSeconds(overlap: Overlap, suspected: readonly SuspectedRange[]): number {
  const within = suspected.filter(({ untilMs }) => overlap.positionMs - untilMs <= REACH_MS);
  return Math.max(0, ...within.map(({ fromMs }) => Math.ceil((overlap.positionMs - fromMs) / 1_000)));
}

/**
 * Judges the suspected ranges that were read again, each by itself, as a larger range would hide what is still missing;
 * the others stay suspected.
 * @param read what was read to its end; null: nothing was read again
 */
export async function judgeSuspected(
  context: Pick<IngestionContext, "sql" | "clock">,
  platform: Platform,
  read: ExpectedRange | null,
  suspected: readonly SuspectedRange[],
): Promise<SuspectedRange[]> {
  const still: SuspectedRange[] = [];
  for (const range of suspected) {
    if (read === null || !contains(read, range)) still.push(range);
    else still.push(...(await judgeRangeAlone(context, platform, { ...read, ...boundsOf(range) })));
  }
  return still;
}

/** Judges a range as {@link judgeExpected} does; with findings it is suspected from now on. */
export async function judgeRangeAlone(
  context: Pick<IngestionContext, "sql" | "clock">,
  platform: Platform,
  range: ExpectedRange,
): Promise<SuspectedRange[]> {
  const { findings, missing } = await judgeExpected(context, platform, range);
  return findings.length === 0 ? [] : [{ ...boundsOf(range), foundAtMs: context.clock(), findings, missing }];
}

/** Suspected ranges as the judgement of the pull that leaves them so. */
export function judgementOf(ranges: readonly SuspectedRange[]): Judgement {
  const suspected = distinctRanges(ranges).slice(0, SUSPECTED_MAX);
  const missing: Record<string, number> = {};
  const findings = new Map<string, PullFinding>();
  for (const range of suspected) {
    for (const finding of range.findings) findings.set(JSON.stringify(finding), finding);
    for (const [day, count] of Object.entries(range.missing)) missing[day] = Math.max(count, missing[day] ?? 0);
  }
  return { ...NOTHING_FOUND, findings: [...findings.values()].slice(0, FINDINGS_MAX), missing, suspected };
}

function distinctRanges(ranges: readonly SuspectedRange[]): SuspectedRange[] {
  return [...new Map(ranges.map((range) => [`${range.fromMs} ${range.untilMs}`, range])).values()];
}

type Bounds = Pick<SuspectedRange, "fromMs" | "untilMs">;

function contains(read: Bounds, range: Bounds): boolean {
  return read.fromMs <= range.fromMs && range.untilMs <= read.untilMs;
}

const boundsOf = ({ fromMs, untilMs }: Bounds): Bounds => ({ fromMs, untilMs });
