import { checkRequirement } from "../requirement/check-requirement.ts";
import type { CompiledAnsweredRule, CompiledRequirement } from "../requirement/compile-rule-set.ts";
import type { RequirementResult } from "../requirement/requirement-result.ts";
import type { NoticeRule } from "../requirement/rule-set.ts";
import { type SubjectGap, unclassifiedCouldMeet } from "../requirement/unclassified-could-meet.ts";
import { formatHours } from "../values/hours.ts";
import { yearsOf, yearWindowEnding } from "../values/year-window.ts";
import { judgeFreshness } from "./judge-freshness.ts";
import { placeRecords } from "./place-records.ts";
import type { NoticeResult, ReasonResult, Verdict, YearResult } from "./verdict.ts";
import { type VerdictBasis, type VerdictInput, verdictHeader } from "./verdict-input.ts";

/**
 * Answers a declaration by this rule set's own requirements over the window that ends with the declaration year.
 * The numbers are those of the hours that count, without unclassified ones, also where the verdict is `unknown`.
 */
export function answerRequirements(input: VerdictInput, basis: VerdictBasis, row: CompiledAnsweredRule): Verdict {
  const { platforms } = basis.route;
  const window = yearWindowEnding(input.declaration.year, row.rule.windowYears);
  const placed = placeRecords(input.person.records, { platforms, window, asOf: input.asOf });
  const freshness = judgeFreshness(input, platforms, basis.compiled);
  const requirements = row.requirements.map((each) => checkRequirement(each, placed.hundredthsBySubject));
  const provisional = requirements.every((result) => result.outcome === "met") ? "met" : "not_met";

  const unknown = [...freshness.reasons];
  if (provisional === "not_met" && unclassifiedDecides(row.requirements, requirements, placed.unclassifiedHundredths)) {
    unknown.push({ code: "unclassified_hours", detail: {} });
  }
  const header = verdictHeader(input, basis);
  return {
    verdict: unknown.length > 0 ? "unknown" : provisional,
    provisional: unknown.length > 0 ? provisional : null,
    reasons: unknown.length > 0 ? unknown : notMetReasons(requirements),
    declaration: header.declaration,
    ruleSet: header.ruleSet,
    window: { years: yearsOf(window) },
    authority: header.authority,
    requirements,
    notices: noticesOf(row.rule.notices, placed.years),
    years: placed.years,
    counted: placed.counted,
    uncounted: placed.uncounted,
    freshness: freshness.states,
    asOf: header.asOf,
    knownAtMs: header.knownAtMs,
    cut: header.cut,
  };
}

/** Beyond the search's bound the question stays open, and an open question is an unknown verdict. */
function unclassifiedDecides(
  rules: readonly CompiledRequirement[],
  results: readonly RequirementResult[],
  unclassifiedHundredths: readonly number[],
): boolean {
  if (unclassifiedHundredths.length === 0) return false;
  const gaps: SubjectGap[] = [];
  for (let index = 0; index < rules.length; index += 1) {
    const [rule, result] = [rules[index], results[index]];
    if (rule !== undefined && result !== undefined && result.gapHundredths > 0) {
      gaps.push({ mask: rule.mask, gapHundredths: result.gapHundredths });
    }
  }
  return unclassifiedCouldMeet(gaps, unclassifiedHundredths) !== "could_not";
}

function notMetReasons(requirements: readonly RequirementResult[]): ReasonResult[] {
  const reasons: ReasonResult[] = [];
  for (const { id, outcome, gapHundredths } of requirements) {
    if (outcome === "met") continue;
    reasons.push({ code: "requirement_not_met", detail: { requirement: id, gap: formatHours(gapHundredths) } });
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
