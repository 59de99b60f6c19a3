import type { CompiledAnsweredRule } from "../requirement/compile-rule.ts";
import { evaluateRule } from "../requirement/evaluate-rule.ts";
import type { RequirementResult, YearResult } from "../requirement/requirement-result.ts";
import type { ResolvedWindow } from "../requirement/resolve-window.ts";
import type { Declaration, NoticeRule } from "../requirement/rule-set.ts";
import { unclassifiedDecides } from "../requirement/unclassified-decides.ts";
import { formatHours } from "../values/hours.ts";
import { judgeFreshness } from "./judge-freshness.ts";
import { listRecords } from "./list-records.ts";
import type { ChangedYear, NoticeResult, ReasonResult, Verdict } from "./verdict.ts";
import { recordsOf, type VerdictBasis, type VerdictInput, verdictHeader } from "./verdict-input.ts";

/**
 * Answers a declaration by a row's own requirements over a window.
 * The numbers are those of the hours that count, without unclassified ones, also where the verdict is `unknown`.
 */
export function answerRequirements(
  input: VerdictInput,
  basis: VerdictBasis,
  row: CompiledAnsweredRule,
  window: ResolvedWindow,
): Verdict {
  const { platforms } = basis.route;
  const scope = { platforms, window, asOf: input.asOf };
  const records = recordsOf(input, basis);
  const evaluation = evaluateRule(row, scope, records);
  const { requirements, outcome: provisional } = evaluation;
  const freshness = judgeFreshness(input, platforms, basis.local);
  const unknown = [...freshness.reasons];
  if (unclassifiedDecides(row, scope, records, evaluation)) {
    unknown.push({ code: "unclassified_hours", detail: {} });
  }
  const reasons = unknown.length > 0 ? unknown : notMetReasons(requirements);
  const header = verdictHeader(input, basis);
  const { counted, uncounted } = listRecords(evaluation.parts);
  return {
    verdict: unknown.length > 0 ? "unknown" : provisional,
    provisional: unknown.length > 0 ? provisional : null,
    reasons: row.restsOnSecondHand ? [...reasons, { code: "provenance_second_hand", detail: {} }] : reasons,
    declaration: header.declaration,
    ruleSet: header.ruleSet,
    window: windowResult(window, input.declaration),
    authority: header.authority,
    requirements,
    caps: evaluation.caps,
    notices: noticesOf(row.rule.notices, evaluation.years),
    years: evaluation.years,
    counted,
    uncounted,
    freshness: freshness.states,
    asOf: header.asOf,
    knownAtMs: header.knownAtMs,
    cut: header.cut,
  };
}

const NOTHING_CHANGED: readonly ChangedYear[] = [];

function windowResult({ years }: ResolvedWindow, { grants = [] }: Declaration): Verdict["window"] {
  const [first, last] = [years[0], years.at(-1)];
  if (first === undefined || last === undefined) return null;
  const changed = years.flatMap(({ year, dueYears, because }): ChangedYear[] => {
    if (because === null) return [];
    const document = grants.find((grant) => grant.code === because && grant.year === year)?.document ?? null;
    return [{ year, dueYears, because, document }];
  });
  return {
    years: years.map(({ year }) => year),
    from: first.from,
    until: last.until,
    changed: changed.length === 0 ? NOTHING_CHANGED : changed,
  };
}

function notMetReasons(requirements: readonly RequirementResult[]): ReasonResult[] {
  const reasons: ReasonResult[] = [];
  for (const { rule, outcome, gapHundredths } of requirements) {
    if (outcome === "met") continue;
    reasons.push({ code: "requirement_not_met", detail: { requirement: rule.id, gap: formatHours(gapHundredths) } });
  }
  return reasons;
}

function noticesOf(rules: readonly NoticeRule[], years: readonly YearResult[]): NoticeResult[] {
  const notices: NoticeResult[] = [];
  for (const { code, needHundredths } of rules) {
    for (const { year, totalHundredths } of years) {
      if (totalHundredths >= needHundredths) continue;
      notices.push({ code, year, haveHundredths: totalHundredths, needHundredths });
    }
  }
  return notices;
}
