import type { AnsweredRule, RequirementResult, RequirementRule, Verdict } from "@xueshi/domain";
import type { SqlAnswer } from "../oracle/sql/evaluate.ts";

/** The shapes of a row that can decide something, by name. */
export function shapesOf(row: AnsweredRule, requirements: readonly RequirementRule[]): string[] {
  const floors = requirements.flatMap((rule) => (rule.kind === "floor" ? [rule] : []));
  const yearly = floors.filter((rule) => rule.span?.over === "each_year" || rule.perYear === true);
  const own = new Set(row.requirements.map(({ id }) => id));
  const has: Readonly<Record<string, boolean>> = {
    cap: row.caps.length > 0,
    ratio: requirements.some(({ kind }) => kind === "ratio"),
    "each year": requirements.some(({ span }) => span?.over === "each_year"),
    subjects: requirements.some(({ subjects }) => subjects !== "all"),
    pathways: requirements.some(({ pathways }) => pathways !== undefined),
    assessed: requirements.some(({ assessed }) => assessed === true),
    override: yearly.some(({ overrides }) => overrides !== undefined),
    start: row.start !== null && yearly.length > 0,
    "carry-over": row.carryOver !== null,
    inherited: requirements.some(({ id }) => !own.has(id)),
    "missing fact": row.start !== null || "fact" in row.window,
    met: true,
    "not met": true,
  };
  return [
    ...Object.keys(has).filter((shape) => has[shape]),
    ...row.gates.map(({ test }) => `gate ${test.kind}`),
    ...(yearly.length === 0 ? [] : row.grants.map(({ effect }) => effect)),
  ];
}

/** Those of them that changed this answer. */
export function shapesSeen(row: AnsweredRule, verdict: Verdict, answer: SqlAnswer): string[] {
  if (answer.outcome === "fact_not_given") return ["missing fact"];
  const { requirements, caps, counted, uncounted } = verdict;
  const total = counted.reduce((sum, record) => sum + record.hoursHundredths, 0);
  const narrows = ({ haveHundredths }: RequirementResult) => haveHundredths > 0 && haveHundredths < total;
  const seen: Readonly<Record<string, boolean>> = {
    cap: caps.some(({ cutHundredths }) => cutHundredths > 0),
    ratio: requirements.some(({ rule, outcome }) => rule.kind === "ratio" && outcome === "not_met"),
    "each year": requirements.some(bindsEachYear),
    subjects: requirements.some((each) => each.rule.subjects !== "all" && narrows(each)),
    pathways: requirements.some((each) => each.rule.pathways !== undefined && narrows(each)),
    assessed: requirements.some((each) => each.rule.assessed === true && narrows(each)),
    override: answer.requirements.some(({ hasOverride }) => hasOverride),
    start: answer.requirements.some(({ hasStart }) => hasStart),
    exemption: answer.requirements.some(({ hasExemption }) => hasExemption),
    deferral: answer.requirements.some(({ hasDeferral }) => hasDeferral),
    "carry-over": counted.some(({ byRule }) => byRule !== null && byRule === row.carryOver?.id),
    inherited: answer.requirements.some(({ isInherited, gap }) => isInherited && gap > 0),
    met: answer.outcome === "met",
    "not met": answer.outcome === "not_met",
  };
  const refusing = new Set(uncounted.map(({ byRule }) => byRule));
  const gates = row.gates.filter(({ id }) => refusing.has(id)).map(({ test }) => `gate ${test.kind}`);
  return [...Object.keys(seen).filter((shape) => seen[shape]), ...new Set(gates)];
}

/** Where the sum would do and a single year does not; a window of one year has no such case. */
function bindsEachYear({ years, haveHundredths, needHundredths, gapHundredths }: RequirementResult): boolean {
  return years !== null && gapHundredths > 0 && (years.length === 1 || haveHundredths >= needHundredths);
}
