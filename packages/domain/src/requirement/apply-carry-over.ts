import type { ProjectedRecord } from "../projection/projected-record.ts";
import { addDays, addMonths } from "../values/local-date.ts";
import { gateOf } from "./apply-gates.ts";
import type { CompiledAnsweredRule, Selected } from "./compile-rule.ts";
import type { CarryOverRule } from "./requirement-rule.ts";
import { addToSums, type EvaluationScope, selectionBits, servedBy, type Tally, uncountedPart } from "./tally.ts";

/**
 * Carries hours of the window before into the first year of this one: of those that the rule selects, the latest first,
 * as many as that window holds above its need, up to the rule's most. Hours that were themselves carried over do not
 * count there again. `earlier` are records that count there, in the order of their dates.
 */
export function applyCarryOver(
  row: CompiledAnsweredRule,
  { rule, selection }: Selected<CarryOverRule>,
  { window, asOf }: EvaluationScope,
  tally: Tally,
  earlier: readonly ProjectedRecord[],
): void {
  const bitsOf = earlier.map((record) => {
    const bits = (record.obtainedOn ?? "") > asOf ? -1 : selectionBits(row, record, asOf);
    return bits >= 0 && gateOf(row, record, bits, asOf) === null ? bits : -1;
  });
  const held = earlier.reduce((sum, record, index) => ((bitsOf[index] ?? -1) < 0 ? sum : sum + hoursOf(record)), 0);
  let left = Math.min(rule.mostHundredths, Math.max(0, held - rule.aboveHundredths));
  const since = rule.lastMonths === null ? "" : addMonths(addDays(window.before.until, 1), -rule.lastMonths);
  for (let index = earlier.length - 1; index >= 0; index -= 1) {
    const record = earlier[index];
    const bits = bitsOf[index] ?? -1;
    if (record === undefined) continue;
    const carries = bits >= 0 && ((bits >> selection) & 1) === 1 && (record.obtainedOn ?? "") >= since;
    const countedHundredths = carries ? Math.min(left, hoursOf(record)) : 0;
    if (countedHundredths === 0) {
      tally.parts.push(uncountedPart(record, carries ? "not_carried_over" : "outside_window", null));
      continue;
    }
    left -= countedHundredths;
    addToSums(row, tally, record, 0, bits, countedHundredths);
    tally.parts.push({
      record,
      countedHundredths,
      toward: servedBy(row, bits),
      year: window.years[0]?.year ?? null,
      code: countedHundredths < hoursOf(record) ? "not_carried_over" : null,
      byRule: rule.id,
    });
  }
}

function hoursOf({ hoursHundredths }: ProjectedRecord): number {
  return hoursHundredths ?? 0;
}
