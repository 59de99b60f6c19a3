import type { ProjectedRecord } from "../projection/projected-record.ts";
import type { CompiledAnsweredRule } from "./compile-rule.ts";
import { type Evaluation, evaluateRule } from "./evaluate-rule.ts";
import type { EvaluationScope } from "./tally.ts";
import { type SubjectGap, unclassifiedCouldMeet } from "./unclassified-could-meet.ts";

/** How many assignments are tried where no faster way is known, and how many records are looked at in all of them. */
const ASSIGNMENTS_MAX = 4_096;
const LOOKED_AT_MAX = 120_000;

/**
 * Whether hours without a subject decide: giving each whole record some subject could turn `not_met` into `met`, or,
 * where more hours can hurt (a ratio, a cap, hours that are carried over), `met` into `not_met`. Beyond a bound of the
 * search the answer is yes, because an open question is an unknown verdict. Source: platforms.md, rule 4.
 */
export function unclassifiedDecides(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  records: readonly ProjectedRecord[],
  evaluation: Evaluation,
): boolean {
  const open = evaluation.unclassified;
  if (open.length === 0) return false;
  if (evaluation.outcome === "met" && row.isMonotone) return false;
  if (row.isPlain) return plainCouldMeet(row, evaluation);
  if (evaluation.outcome === "not_met" && !couldCloseEach(row, evaluation)) return false;
  return someAssignmentDiffers(row, scope, records, evaluation);
}

function plainCouldMeet(row: CompiledAnsweredRule, { requirements, unclassified }: Evaluation): boolean {
  const { subjects } = row.ruleSet;
  const gaps: SubjectGap[] = [];
  for (const { rule, gapHundredths } of requirements) {
    if (gapHundredths === 0) continue;
    const group = rule.subjects === "all" ? subjects : rule.subjects;
    gaps.push({ mask: group.reduce((mask, code) => mask | (1 << subjects.indexOf(code)), 0), gapHundredths });
  }
  const hours = unclassified.map((record) => record.hoursHundredths ?? 0);
  return unclassifiedCouldMeet(gaps, hours, subjects.length) !== "could_not";
}

/**
 * Whether each requirement by itself could be met with all open hours on its side: what cannot even then is decided. Caps
 * and gates leave less, never more. Not so with a share: a cap can take from its whole, and carry-over add to its part.
 */
function couldCloseEach(row: CompiledAnsweredRule, { requirements, unclassified }: Evaluation): boolean {
  const open = unclassified.reduce((sum, record) => sum + (record.hoursHundredths ?? 0), 0);
  const canTakeFromWhole = row.caps.length > 0 || row.carryOver !== null;
  return requirements.every(({ rule, gapHundredths, years }) => {
    if (gapHundredths === 0 || (rule.kind === "ratio" && canTakeFromWhole)) return true;
    const gaps = years === null ? [gapHundredths] : years.map((year) => year.gapHundredths);
    return gaps.every((gap) => gap <= open);
  });
}

function someAssignmentDiffers(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  records: readonly ProjectedRecord[],
  { outcome, unclassified }: Evaluation,
): boolean {
  const choices = usefulSubjects(row);
  const assignments = choices.length ** unclassified.length;
  if (assignments > ASSIGNMENTS_MAX || assignments * records.length > LOOKED_AT_MAX) return true;
  const open = new Set(unclassified);
  const known = records.filter((record) => !open.has(record));
  for (let number = 0; number < choices.length ** unclassified.length; number += 1) {
    let rest = number;
    const assigned = unclassified.map((record): ProjectedRecord => {
      const subject = choices[rest % choices.length] ?? null;
      rest = Math.floor(rest / choices.length);
      return { ...record, state: "registered", subject };
    });
    if (evaluateRule(row, scope, [...known, ...assigned]).outcome !== outcome) return true;
  }
  return false;
}

/** One subject of each sort: two that are in the same selections are the same choice. */
function usefulSubjects({ bitsBySubject }: CompiledAnsweredRule): string[] {
  const seen = new Set<number>();
  return [...bitsBySubject].filter(([, bits]) => !seen.has(bits) && seen.add(bits)).map(([subject]) => subject);
}
