import {
  CLOSING_TEXTS,
  DIFFERENCE_TEXTS,
  type DifferencesResponse,
  formatInstant,
  type Language,
  RECONCILIATION_FAILURE_TEXTS,
  RECONCILIATION_STATE_TEXTS,
  type ReconciliationResponse,
  type ReconciliationSummary,
} from "@xueshi/contracts";
import type { DifferenceRow, ReconciliationRow } from "@xueshi/database";
import { hoursToNumber, type LocalDate } from "@xueshi/domain";
import type { ComparedDay } from "./compare-days.ts";
import {
  type CountedSum,
  detailOf,
  NO_DIFFERENCES,
  type ReconciliationDetail,
  type ReconciliationProof,
  type Repair,
  type ReportedTotal,
} from "./reconciliation-detail.ts";
import { explainTotal } from "./report-totals.ts";

const TOTALS_ONLY = {
  "zh-CN": "只有总数，无法列出各条记录；explainedBy 说明差额是否恰为某些状态的记录。",
  en: "There are totals only, so no records can be listed; explainedBy says whether the difference is just the records of some states.",
} as const;

/** A reconciliation as a list shows it. */
export function presentSummary(row: ReconciliationRow, language: Language): ReconciliationSummary {
  const { reconciliationId, platform, state, reason, requestedBy } = row;
  const { totals, progress, comparison } = detailOf(row);
  return {
    reconciliationId,
    platform,
    kind: totals === undefined ? "records" : "totals",
    from: row.fromDay,
    until: row.untilDay,
    state,
    message: RECONCILIATION_STATE_TEXTS[state].message[language],
    error: reason === null ? null : { code: reason, message: failureMessage(reason, language) },
    requestedBy,
    queuedAt: formatInstant(row.queuedAtMs),
    startedAt: instant(row.startedAtMs),
    endedAt: instant(row.endedAtMs),
    progress: state === "comparing" && progress !== null ? { ...progress, percent: percentOf(progress) } : null,
    comparedAt: instant(comparison?.comparedAtMs ?? null),
    completeUntil: instant(comparison?.completeUntilMs ?? null),
    comparedUntil: comparison?.comparedUntil ?? null,
    differences: comparison?.counts ?? NO_DIFFERENCES,
    notDue: comparison?.notDue ?? 0,
  };
}

/** A reconciliation with both sides of each day. */
export function presentReconciliation(row: ReconciliationRow, language: Language): ReconciliationResponse {
  const detail = detailOf(row);
  const { days, repairs, totals, comparison } = detail;
  return {
    ...presentSummary(row, language),
    days: days.map((day) => presentDay(day, repairs)),
    repairs: repairs.map(({ pullId, fromDay, untilDay }) => ({ pullId, from: fromDay, until: untilDay })),
    repairable: row.state === "different" && (comparison?.repairDays.length ?? 0) > 0,
    totals: totals?.reported.map(presentTotal) ?? null,
    note: totals === undefined ? null : TOTALS_ONLY[language],
    proof: row.proof === null ? null : presentProof(row.proof as ReconciliationProof, language),
  };
}

/** A record that differs; without anything about a person. */
export function presentDifference(row: DifferenceRow, language: Language): DifferencesResponse["differences"][number] {
  const { recordId, day, kind } = row;
  const here = row.here as (KeptLine & { readonly state: never }) | null;
  return {
    recordId,
    day,
    kind,
    message: DIFFERENCE_TEXTS[kind].message[language],
    here: here === null ? null : { ...presentLine(here), state: here.state },
    there: row.there === null ? null : presentLine(row.there as KeptLine),
  };
}

interface KeptLine {
  readonly updateTimeMs: number | null;
  readonly hoursHundredths?: number | null;
  readonly status?: "final" | "pending" | "withdrawn" | null;
}

function presentLine({ updateTimeMs, hoursHundredths, status }: KeptLine) {
  const hours = hoursHundredths == null ? null : hoursToNumber(hoursHundredths);
  return { updateTime: instant(updateTimeMs), hours, status: status ?? null };
}

function presentDay({ day, here, there, state }: ComparedDay, repairs: readonly Repair[]) {
  const digested = (sum: ComparedDay["here"]) => ({ ...presentSum(sum), digest: sum.digest });
  const isOfDay = ({ fromDay, untilDay }: Repair) => fromDay <= day && day <= untilDay;
  const repairedBy = repairs.filter(isOfDay).map(({ pullId }) => pullId);
  return { day, here: digested(here), there: digested(there), state, repairedBy };
}

function presentSum({ records, hoursHundredths }: CountedSum) {
  return { records, hours: hoursToNumber(hoursHundredths) };
}

function presentTotal(total: ReportedTotal): NonNullable<ReconciliationResponse["totals"]>[number] {
  const states = Object.entries(total.byState).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const here = states.reduce(
    (sum, [, one]) => ({
      records: sum.records + one.records,
      hoursHundredths: sum.hoursHundredths + one.hoursHundredths,
    }),
    { records: 0, hoursHundredths: 0 },
  );
  const explained = explainTotal(total);
  return {
    from: total.fromDay satisfies LocalDate,
    until: total.untilDay,
    there: presentSum(total),
    here: presentSum(here),
    byState: Object.fromEntries(states.map(([state, sum]) => [state, presentSum(sum)])),
    missing: {
      records: total.records - here.records,
      hours: hoursToNumber(total.hoursHundredths - here.hoursHundredths),
    },
    explainedBy: explained === null ? null : [...explained],
  };
}

function presentProof(proof: ReconciliationProof, language: Language): ReconciliationResponse["proof"] {
  const { basis, closedBy, reason, document } = proof;
  const message = CLOSING_TEXTS[basis].message[language];
  return { basis, message, closedAt: formatInstant(proof.closedAtMs), closedBy, reason, document };
}

function percentOf({ done, total }: NonNullable<ReconciliationDetail["progress"]>): number {
  return total === 0 ? 100 : Math.floor((done * 100) / total);
}

function failureMessage(reason: string, language: Language): string {
  const texts = RECONCILIATION_FAILURE_TEXTS;
  const text = Object.hasOwn(texts, reason) ? texts[reason as keyof typeof texts] : texts.platform_failed;
  return text.message[language];
}

function instant(instantMs: number | null): string | null {
  return instantMs === null ? null : formatInstant(instantMs);
}
