import { readRefusedArrivals, readTotalRows, type TotalRow } from "@xueshi/database";
import { endOfDayMs, type LocalDate, localDateAt, startOfDayMs } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { readStates } from "./read-states.ts";
import type { CountedSum, ReconciliationDetail, ReportedTotal, StatedTotal } from "./reconciliation-detail.ts";
import { NO_DIFFERENCES } from "./reconciliation-detail.ts";
import { readRefusedContents } from "./refused-lines.ts";

/** Of records whose version waits to be posted. */
const PENDING = "pending";
const REFUSED = "refused";

/**
 * Puts totals that a platform gave beside what arrived here in the same periods, each record once, by what became of it.
 * Of refused rows the hours are those that the row said, and 0 where that can be read no more.
 */
export async function reportTotals(
  context: IngestionContext,
  source: string,
  detail: ReconciliationDetail,
): Promise<ReconciliationDetail> {
  if (detail.totals === undefined) return detail;
  const { by, stated } = detail.totals;
  const reported: ReportedTotal[] = [];
  for (const total of stated) reported.push({ ...total, byState: await sumByState(context, source, by, total) });
  const comparison = {
    comparisonId: context.newId(),
    comparedAtMs: context.clock(),
    completeUntilMs: null,
    comparedUntil: null,
    counts: NO_DIFFERENCES,
    notDue: 0,
    repairDays: [],
  };
  return { ...detail, comparison, totals: { by, stated, reported } };
}

async function sumByState(
  context: IngestionContext,
  source: string,
  by: "update_time" | "obtained_on",
  { fromDay, untilDay }: StatedTotal,
): Promise<Readonly<Record<string, CountedSum>>> {
  const sums: Record<string, CountedSum> = {};
  const add = (state: string, hoursHundredths: number) => {
    const before = sums[state] ?? { records: 0, hoursHundredths: 0 };
    sums[state] = { records: before.records + 1, hoursHundredths: before.hoursHundredths + hoursHundredths };
  };
  const range = { source, fromDay, untilDay, by } as const;
  await readTotalRows(context.sql, range, async (rows) => {
    const states = await readStates(
      context,
      rows.map(({ recordKey }) => recordKey),
    );
    for (const row of rows) add(stateOf(row, states.get(row.recordKey)), row.hoursHundredths ?? 0);
  });
  if (by === "update_time") await addRefused(context, source, { fromDay, untilDay }, add);
  return sums;
}

function stateOf(row: TotalRow, state: string | undefined): string {
  if (row.isLeftOut) return REFUSED;
  return row.status === "withdrawn" ? "withdrawn" : (state ?? PENDING);
}

async function addRefused(
  context: IngestionContext,
  source: string,
  { fromDay, untilDay }: { readonly fromDay: LocalDate; readonly untilDay: LocalDate },
  add: (state: string, hoursHundredths: number) => void,
): Promise<void> {
  const range = { source, fromMs: startOfDayMs(fromDay), beforeMs: endOfDayMs(untilDay), withRefused: true };
  const arrivals = await readRefusedArrivals(context.sql, range, false);
  const platform = context.sources.platformNamed(source);
  const contents = platform === null ? new Map() : await readRefusedContents(context, platform, arrivals);
  for (const { contentDigest } of arrivals) add(REFUSED, contents.get(contentDigest)?.hoursHundredths ?? 0);
}

/**
 * The fewest states without whose records ours are exactly the totals: what a platform leaves out of them. Empty where
 * they agree as they are; null where no choice of states explains the difference.
 */
export function explainTotal({ records, hoursHundredths, byState }: ReportedTotal): readonly string[] | null {
  const states = Object.keys(byState).toSorted();
  const choices = Array.from({ length: 2 ** states.length }, (_, bits) =>
    states.filter((_state, index) => (bits >> index) % 2 === 1),
  );
  const fits = (leftOut: readonly string[]) => {
    const kept = states.filter((state) => !leftOut.includes(state)).flatMap((state) => byState[state] ?? []);
    const sum = (read: (one: CountedSum) => number) => kept.reduce((total, one) => total + read(one), 0);
    return sum((one) => one.records) === records && sum((one) => one.hoursHundredths) === hoursHundredths;
  };
  return choices.filter(fits).toSorted((left, right) => left.length - right.length)[0] ?? null;
}

/** The first and the last day of a list of totals. */
export function spanOf(totals: readonly StatedTotal[]): { readonly fromDay: LocalDate; readonly untilDay: LocalDate } {
  const epoch = localDateAt(0);
  const fromDay = totals.map((total) => total.fromDay).toSorted()[0] ?? epoch;
  const untilDay =
    totals
      .map((total) => total.untilDay)
      .toSorted()
      .at(-1) ?? epoch;
  return { fromDay, untilDay };
}
