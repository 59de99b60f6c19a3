import {
  advanceReconciliation,
  beginTransaction,
  type DifferenceRow,
  type ReconciliationRow,
  readCompleteUntil,
  readOpenReconciliations,
  readPlatformStates,
  readReconciliation,
  withPlatformLease,
  writeDifferences,
} from "@xueshi/database";
import { addDays, endOfDayMs, isMendedByPull, type LocalDate, localDateAt } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { ReconciliationClient } from "../../acquisition/ask-reconciliation.ts";
import { createHttpSession } from "../../acquisition/http-session.ts";
import { overlapBoundsOf } from "../../acquisition/overlap.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { type Comparison, compareDays } from "./compare-days.ts";
import { ComparisonFault } from "./comparison-work.ts";
import { detailOf, NO_DIFFERENCES, proofOf, type ReconciliationDetail } from "./reconciliation-detail.ts";
import { reportTotals } from "./report-totals.ts";
import type { SettledRecord } from "./settle-records.ts";

/** How often the holder of the lease shows that it is there. */
const LEASE_BEAT = { everyMs: 2_000, onBeat: () => {} };
const ROWS_PER_STATEMENT = 5_000;

/** The process ends, or another one may have it in hand: what was not committed is begun anew. */
class Stopped extends Error {}

/**
 * Goes on with a reconciliation from where it is: compares what waits, or what was repaired. Only one process does at a
 * time; one that dies in the middle leaves nothing but the state, and the comparison is begun anew.
 * @returns false when another process has it in hand
 */
export async function runReconciliation(
  context: IngestionContext,
  reconciliationId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const goOn = (lost: AbortSignal) => goOnWith(context, reconciliationId, AbortSignal.any([signal, lost]));
  return (await withPlatformLease(context.openLease, `reconciliation ${reconciliationId}`, goOn, LEASE_BEAT)) === true;
}

async function goOnWith(context: IngestionContext, reconciliationId: string, signal: AbortSignal): Promise<true> {
  const run = await readReconciliation(context.sql, reconciliationId);
  const open = await readOpenReconciliations(context.sql, reconciliationId);
  if (run === null || open.length === 0) return true;
  const started = { reconciliationId, from: run.state, to: "comparing", startedAtMs: context.clock() } as const;
  if (!(await advanceReconciliation(context.sql, started))) return true;
  try {
    const detail = detailOf(run);
    if (detail.totals === undefined) await compareRecords(context, run, signal);
    else await keepEnd(context, run, await reportTotals(context, run.platform, detail), []);
  } catch (error) {
    if (error instanceof Stopped || (error instanceof ComparisonFault && signal.aborted)) return true;
    if (!(error instanceof ComparisonFault)) throw error;
    await failReconciliation(context, reconciliationId, error.reason);
  }
  return true;
}

/** Ends a reconciliation that cannot be gone on with. */
export async function failReconciliation(
  context: IngestionContext,
  reconciliationId: string,
  reason: string,
): Promise<void> {
  const end = { reconciliationId, to: "failed", reason, endedAtMs: context.clock() } as const;
  for (const from of ["queued", "comparing"] as const) await advanceReconciliation(context.sql, { ...end, from });
}

async function compareRecords(context: IngestionContext, run: ReconciliationRow, signal: AbortSignal): Promise<void> {
  const { reconciliationId, fromDay } = run;
  const { platform, client } = clientOf(context, run.platform, signal);
  const completeUntilMs = await readCompleteUntil(context.sql, platform.name);
  const lastDue = await lastDueDay(context, platform, completeUntilMs);
  if (lastDue === null || lastDue < fromDay) throw new ComparisonFault("not_due");
  const [comparedUntil = lastDue] = [lastDue, run.untilDay].toSorted();
  const before = detailOf(run);
  const onProgress = async (done: number, total: number) => {
    if (signal.aborted) throw new Stopped();
    const step = {
      reconciliationId,
      from: "comparing",
      to: "comparing",
      detail: { ...before, progress: { done, total } },
    };
    await advanceReconciliation(context.sql, step as Parameters<typeof advanceReconciliation>[1]);
  };
  const comparedAtMs = context.clock();
  const range = { fromDay, untilDay: comparedUntil, dueBeforeMs: endOfDayMs(lastDue) };
  const compared = await compareDays({ context, platform, client, ...range, onProgress });
  const comparisonId = before.comparison === null ? reconciliationId : context.newId();
  const { days, differences, notDue } = compared;
  const counts = { ...NO_DIFFERENCES };
  for (const { settlement } of differences) if ("day" in settlement) counts[settlement.kind] += 1;
  const comparison = { comparisonId, comparedAtMs, completeUntilMs, comparedUntil, counts, notDue };
  const detail = { ...before, progress: null, days, comparison: { ...comparison, repairDays: repairDaysOf(compared) } };
  await keepEnd(context, run, detail, differences);
}

function clientOf(
  context: IngestionContext,
  name: string,
  signal: AbortSignal,
): { readonly platform: Platform; readonly client: ReconciliationClient } {
  const platform = context.sources.platformNamed(name);
  const connection = platform?.connection;
  if (platform === null || connection?.transport !== "http-json" || connection.reconciliation === null) {
    throw new ComparisonFault("no_protocol");
  }
  const target = context.targets[name];
  if (target === undefined || !("baseUrl" in target)) throw new ComparisonFault("target_missing");
  const { fetch, clock, delay, logger } = context;
  const session = createHttpSession(connection, target);
  const pullContext = { fetch, clock, delay, logger, signal };
  return { platform, client: { session, endpoints: connection.reconciliation, context: pullContext } };
}

/**
 * The last day that ended before the last complete pull less its overlap, in which rows still come late and are met
 * again; null: there was no such pull.
 */
async function lastDueDay(
  context: IngestionContext,
  platform: Platform,
  completeUntilMs: number | null,
): Promise<LocalDate | null> {
  if (completeUntilMs === null) return null;
  const [state] = await readPlatformStates(context.sql, platform.name);
  const overlapSeconds = Math.max(state?.overlapSeconds ?? 0, overlapBoundsOf(platform)?.secondsMin ?? 0);
  return addDays(localDateAt(completeUntilMs - overlapSeconds * 1_000), -1);
}

/** Days that hold what reading again may mend; those that were not compared by record may. */
function repairDaysOf({ days, differences }: Comparison): LocalDate[] {
  const mended = differences.flatMap(({ settlement, there }) =>
    "day" in settlement && isMendedByPull(settlement.here, there) ? [settlement.day] : [],
  );
  const unlisted = days.flatMap(({ day, state }) => (state === "not_listed" ? [day] : []));
  return [...new Set([...mended, ...unlisted])].toSorted();
}

/** Keeps what was found, and closes what agrees; all in one transaction. */
async function keepEnd(
  context: IngestionContext,
  run: ReconciliationRow,
  detail: ReconciliationDetail,
  differences: readonly SettledRecord[],
): Promise<void> {
  const { reconciliationId } = run;
  const agrees = detail.days.every(({ state }) => state === "equal" || state === "digest_wrong");
  const isEqual = agrees && differences.length === 0 && (detail.totals?.reported ?? []).every(isSameTotal);
  const endedAtMs = context.clock();
  const basis = detail.repairs.length > 0 ? "repaired" : "agreed";
  const closing = { basis, closedAtMs: endedAtMs, closedBy: null, reason: null, document: null } as const;
  await beginTransaction(context.sql, async (tx) => {
    for (let first = 0; first < differences.length; first += ROWS_PER_STATEMENT) {
      const rows = differences.slice(first, first + ROWS_PER_STATEMENT).flatMap(differenceRow);
      await writeDifferences(tx, detail.comparison?.comparisonId ?? reconciliationId, rows);
    }
    const end = isEqual
      ? ({ to: "closed", detail, proof: proofOf(detail, closing), endedAtMs } as const)
      : ({ to: "different", detail } as const);
    // Another one has moved it on by findings of its own, which are in force.
    if (!(await advanceReconciliation(tx, { reconciliationId, from: "comparing", ...end }))) throw new Stopped();
  });
  context.logger.info("reconciliation compared", { platform: run.platform, differences: differences.length, isEqual });
}

function isSameTotal({
  records,
  hoursHundredths,
  byState,
}: NonNullable<ReconciliationDetail["totals"]>["reported"][number]) {
  const sums = Object.values(byState);
  const arrived = sums.reduce((sum, one) => sum + one.records, 0);
  return arrived === records && sums.reduce((sum, one) => sum + one.hoursHundredths, 0) === hoursHundredths;
}

function differenceRow({ recordId, recordKey, settlement, there, state }: SettledRecord): DifferenceRow[] {
  if (!("day" in settlement)) return [];
  const { kind, day, here } = settlement;
  const own = here === null ? null : { updateTimeMs: here.updateTimeMs, ...here.content, state };
  const other =
    there === null
      ? null
      : { updateTimeMs: there.updateTimeMs, hoursHundredths: there.hoursHundredths, status: there.status };
  return [{ recordKey, recordId, day, kind, here: own, there: other }];
}
