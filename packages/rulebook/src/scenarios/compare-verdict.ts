import { formatHours, hoursToNumber, type RequirementResult, type Verdict } from "@xueshi/domain";
import type { Scenario } from "./scenario-file.ts";

type Expected = Scenario["expect"];
/** What is not checked is undefined. */
type Described = { readonly [Key in keyof Expected]-?: unknown };

/** A verdict in the words of a scenario's `expect`, so that the two can be laid side by side. */
export function describeVerdict(verdict: Verdict, scenario: Scenario): Described {
  const { expect } = scenario;
  return {
    verdict: verdict.verdict,
    because:
      verdict.verdict === "unknown"
        ? verdict.reasons.map((reason) => reason.code).filter((code) => code !== "provenance_second_hand")
        : [],
    secondHand: verdict.reasons.some((reason) => reason.code === "provenance_second_hand"),
    provisional: verdict.provisional,
    workings: Object.fromEntries(verdict.requirements.map((result) => [result.rule.id, workingsOf(result)])),
    years:
      expect.years === undefined
        ? undefined
        : Object.fromEntries(verdict.years.map((year) => [String(year.year), hoursToNumber(year.totalHundredths)])),
    eachYear: expect.eachYear === undefined ? undefined : eachYearOf(verdict),
    partly: Object.fromEntries(
      verdict.counted.filter((record) => record.code !== null).map((record) => [record.recordId, partOf(record)]),
    ),
    caps: expect.caps === undefined ? undefined : capsOf(verdict),
    layers: expect.layers === undefined ? undefined : layersOf(verdict),
    window:
      expect.window === undefined || verdict.window === null
        ? undefined
        : `${verdict.window.from} until ${verdict.window.until}`,
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
export function expectedOf({ expect }: Scenario): Described {
  return {
    ...expect,
    years: expect.years,
    eachYear: expect.eachYear,
    caps: expect.caps,
    layers: expect.layers,
    window: expect.window,
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
  for (const { rule, haveHundredths, years } of verdict.requirements) {
    const inYears = years?.map(({ year }) => year);
    const listed = verdict.counted
      .filter(({ toward, attributedYear }) => toward.includes(rule.id) && inYears?.includes(attributedYear) !== false)
      .reduce((sum, record) => sum + record.hoursHundredths, 0);
    if (listed !== haveHundredths) broken.push(`${rule.id} has ${haveHundredths}, and its listed hours are ${listed}`);
  }
  const short = verdict.requirements.filter((result) => result.outcome === "not_met").map(({ rule }) => rule.id);
  const reasons = verdict.reasons.filter((reason) => reason.code === "requirement_not_met");
  const named = reasons.map((reason) => reason.detail.requirement);
  if (verdict.verdict === "not_met" && String(named) !== String(short)) broken.push("reasons are not the shortfalls");
  if (verdict.verdict !== "not_met" && named.length > 0) broken.push("a shortfall is a reason of another verdict");
  if (verdict.verdict === "met" && (short.length > 0 || verdict.reasons.some(({ code }) => code !== SECOND_HAND)))
    broken.push("met with a shortfall");
  return broken;
}

const SECOND_HAND = "provenance_second_hand";

function eachYearOf({ requirements }: Verdict): Record<string, Record<string, string>> {
  const binding = requirements.filter(({ years }) => years !== null);
  return Object.fromEntries(
    binding.map(({ rule, years }) => [
      rule.id,
      Object.fromEntries((years ?? []).map((year) => [String(year.year), workingsOf(year)])),
    ]),
  );
}

function partOf({ hoursHundredths, ofHundredths, code, byRule }: Verdict["counted"][number]): string {
  return `${formatHours(hoursHundredths)} of ${formatHours(ofHundredths)}: ${code} by ${byRule}`;
}

function capsOf({ caps }: Verdict): Record<string, string> {
  return Object.fromEntries(
    caps.map(({ rule, countedHundredths, cutHundredths }) => [
      rule.id,
      `${formatHours(countedHundredths)} of ${formatHours(rule.mostHundredths)}${cutHundredths === 0 ? "" : `, cut ${formatHours(cutHundredths)}`}`,
    ]),
  );
}

function layersOf({ requirements }: Verdict): Record<string, string> {
  return Object.fromEntries(
    requirements.map(({ rule, origin }) => {
      const overrode = origin.overrode.map((value) => value.ruleSet).join(" and ");
      return [rule.id, `${origin.layer} ${origin.ruleSet}${overrode === "" ? "" : ` over ${overrode}`}`];
    }),
  );
}

type Numbers = Pick<RequirementResult, "haveHundredths" | "needHundredths" | "gapHundredths">;

function workingsOf({ haveHundredths, needHundredths, gapHundredths }: Numbers): string {
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
