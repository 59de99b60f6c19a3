import type { ProjectedRecord } from "../projection/projected-record.ts";
import { addDays, addMonths, type LocalDate } from "../values/local-date.ts";
import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { UncountedCode } from "./record-part.ts";
import type { GateRule } from "./requirement-rule.ts";

export interface RefusingGate {
  readonly rule: GateRule;
  readonly code: UncountedCode;
}

/** The first gate that a record does not pass, in the order of the file; null when it passes all that concern it. */
export function gateOf(
  { gates }: CompiledAnsweredRule,
  record: ProjectedRecord,
  bits: number,
  asOf: LocalDate,
): RefusingGate | null {
  for (const { rule, selection } of gates) {
    if (((bits >> selection) & 1) === 0) continue;
    const code = refusal(rule, record, asOf);
    if (code !== null) return { rule, code };
  }
  return null;
}

function refusal(
  { test }: GateRule,
  { hoursHundredths, obtainedOn, assessedOn }: ProjectedRecord,
  asOf: LocalDate,
): UncountedCode | null {
  switch (test.kind) {
    case "item_minimum":
      return (hoursHundredths ?? 0) < test.leastHundredths ? "below_item_minimum" : null;
    case "expires":
      return obtainedOn !== null && addMonths(obtainedOn, test.months) <= asOf ? "hours_expired" : null;
    case "assessed": {
      if (assessedOn === null || assessedOn > asOf) return "not_assessed";
      if (test.withinDays === null || obtainedOn === null) return null;
      return assessedOn > addDays(obtainedOn, test.withinDays) ? "not_assessed" : null;
    }
  }
}
