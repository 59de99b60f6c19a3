import type { ReconciliationResponse } from "@xueshi/contracts";
import { alignColumns } from "../rules/align-columns.ts";

/** A reconciliation as a person reads it: how it stands, the days that do not agree, and its proof. */
export function reconciliationLines(body: unknown): string[] {
  const run = body as ReconciliationResponse;
  const { differences: counts, proof } = run;
  const unlike = run.days.filter(({ state }) => state !== "equal");
  return [
    `${run.reconciliationId}  ${run.platform}  ${run.from}..${run.until}  ${run.state}`,
    run.error === null ? run.message : `${run.error.code}: ${run.error.message}`,
    ...(run.comparedAt === null || run.kind === "totals" ? [] : comparedLines(run)),
    ...(run.kind === "totals"
      ? []
      : [`missing_here ${counts.missing_here}, missing_there ${counts.missing_there}, differs ${counts.differs}`]),
    ...(unlike.length === 0 ? [] : ["", ...dayTable(unlike)]),
    ...(run.totals === null ? [] : ["", ...totalTable(run.totals), run.note ?? ""]),
    ...run.repairs.map(({ pullId, from, until }) => `repair ${from}..${until}: pull ${pullId}`),
    ...(proof === null ? [] : proofLines(proof)),
  ];
}

function comparedLines({ days, comparedUntil, completeUntil, comparedAt, notDue }: ReconciliationResponse): string[] {
  const equal = days.filter(({ state }) => state === "equal").length;
  const left = notDue === 0 ? "" : `; ${notDue} changed since and were left out`;
  return [
    `compared ${comparedAt} up to ${comparedUntil}, complete until ${completeUntil}${left}`,
    `${equal} of ${days.length} days agree`,
  ];
}

function dayTable(days: ReconciliationResponse["days"]): string[] {
  const head = ["day", "state", "records here", "there", "hours here", "there", "digest here", "there"];
  const rows = days.map(({ day, state, here, there }) => [
    ...[day, state, String(here.records), String(there.records), String(here.hours), String(there.hours)],
    ...[here.digest.slice(0, 8), there.digest.slice(0, 8)],
  ]);
  return alignColumns([head, ...rows]);
}

function totalTable(totals: NonNullable<ReconciliationResponse["totals"]>): string[] {
  const head = ["from", "until", "records here", "there", "hours here", "there", "by state", "explained by"];
  const rows = totals.map(({ from, until, here, there, byState, explainedBy }) => [
    ...[from, until, String(here.records), String(there.records), String(here.hours), String(there.hours)],
    Object.entries(byState)
      .map(([state, { records, hours }]) => `${state} ${records}/${hours}`)
      .join(" "),
    explainedBy === null ? "nothing" : explainedBy.length === 0 ? "equal" : `without ${explainedBy.join(", ")}`,
  ]);
  return alignColumns([head, ...rows]);
}

function proofLines(proof: NonNullable<ReconciliationResponse["proof"]>): string[] {
  const { basis, message, closedAt, closedBy, reason, document } = proof;
  const by = closedBy === null ? "" : ` by ${closedBy}`;
  return [`closed ${closedAt}${by}: ${basis}. ${message}`, ...(reason === null ? [] : [`${reason} (${document})`])];
}
