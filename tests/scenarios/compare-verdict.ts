import { formatHours, hoursToNumber, type RequirementResult, type Verdict } from "@xueshi/domain";
import type { Scenario } from "./scenario-file.ts";

/** A verdict in the words of a scenario's `expect`, so that the two can be laid side by side. */
export function describeVerdict(verdict: Verdict, scenario: Scenario) {
  const { expect } = scenario;
  return {
    verdict: verdict.verdict,
    because: verdict.verdict === "unknown" ? verdict.reasons.map((reason) => reason.code) : [],
    provisional: verdict.provisional,
    workings: Object.fromEntries(verdict.requirements.map((result) => [result.id, workingsOf(result)])),
    years:
      expect.years === undefined
        ? undefined
        : Object.fromEntries(verdict.years.map((year) => [String(year.year), hoursToNumber(year.totalHundredths)])),
    belowAnnualDuty: verdict.notices.map((notice) => notice.year),
    uncounted: codesById(verdict),
    settled: settledIds(verdict, scenario),
    freshness:
      expect.freshness === undefined
        ? undefined
        : Object.fromEntries(verdict.freshness.map(({ platform, state }) => [platform, state])),
    delegatedTo: verdict.reasons.find((reason) => reason.code === "delegated")?.detail.delegatedTo,
  };
}

/** What a scenario expects, in the same form; codes of one record are sorted on both sides. */
export function expectedOf({ expect }: Scenario): ReturnType<typeof describeVerdict> {
  return {
    ...expect,
    years: expect.years,
    freshness: expect.freshness,
    delegatedTo: expect.delegatedTo,
    settled: [...expect.settled].sort(),
    uncounted: Object.fromEntries(Object.entries(expect.uncounted).map(([id, codes]) => [id, [codes].flat().sort()])),
  };
}

/** What must hold of every answer, whatever the scenario: the sums agree and the reasons are those of the shortfalls. */
export function brokenPromises(verdict: Verdict): string[] {
  const broken: string[] = [];
  const counted = verdict.counted.reduce((sum, record) => sum + record.hoursHundredths, 0);
  const ofYears = verdict.years.reduce((sum, year) => sum + year.totalHundredths, 0);
  if (counted !== ofYears) broken.push(`listed hours are ${counted}, the years' total is ${ofYears}`);
  const total = verdict.requirements.find((result) => result.subjects === "all");
  if (total !== undefined && total.haveHundredths !== counted) broken.push("the total is not the listed hours");
  const short = verdict.requirements.filter((result) => result.outcome === "not_met").map((result) => result.id);
  const reasons = verdict.reasons.filter((reason) => reason.code === "requirement_not_met");
  const named = reasons.map((reason) => reason.detail.requirement);
  if (verdict.verdict === "not_met" && String(named) !== String(short)) broken.push("reasons are not the shortfalls");
  if (verdict.verdict !== "not_met" && named.length > 0) broken.push("a shortfall is a reason of another verdict");
  if (verdict.verdict === "met" && (short.length > 0 || verdict.reasons.length > 0))
    broken.push("met with a shortfall");
  return broken;
}

function workingsOf({ haveHundredths, needHundredths, gapHundredths }: RequirementResult): string {
  const workings = `${formatHours(haveHundredths)} of ${formatHours(needHundredths)}`;
  return gapHundredths === 0 ? workings : `${workings}, short ${formatHours(gapHundredths)}`;
}

function codesById({ uncounted }: Verdict): Record<string, string[]> {
  const codes: Record<string, string[]> = {};
  for (const { recordId, code } of uncounted) codes[recordId] = [...(codes[recordId] ?? []), code].sort();
  return codes;
}

/** Rows that stand in neither list. An identity conflict shows no rows at all. */
function settledIds(verdict: Verdict, scenario: Scenario): string[] {
  if (verdict.reasons.some((reason) => reason.code === "identity_conflict")) return [];
  const listed = [...verdict.counted, ...verdict.uncounted].map((record) => record.recordId);
  const left: string[] = [];
  for (const { id } of scenario.records) {
    const at = listed.indexOf(id);
    if (at < 0) left.push(id);
    else listed.splice(at, 1);
  }
  return left.sort();
}
