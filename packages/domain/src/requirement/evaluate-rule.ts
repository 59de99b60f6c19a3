import { ownCode } from "../projection/own-code.ts";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { standingRecords } from "../projection/standing-records.ts";
import { cutByCaps, startCaps } from "./apply-caps.ts";
import { applyCarryOver } from "./apply-carry-over.ts";
import { gateOf } from "./apply-gates.ts";
import { checkRequirement } from "./check-requirement.ts";
import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { RecordPart, UncountedCode } from "./record-part.ts";
import type { CapResult, RequirementResult, YearResult } from "./requirement-result.ts";
import type { ResolvedWindow } from "./resolve-window.ts";
import {
  addToSums,
  COUNTS_TOWARD_NOTHING,
  type EvaluationScope,
  selectionBits,
  servedBy,
  type Tally,
  uncountedPart,
} from "./tally.ts";

/** Everything that a row says of a person's records. */
export interface Evaluation {
  readonly requirements: readonly RequirementResult[];
  readonly outcome: "met" | "not_met";
  readonly years: readonly YearResult[];
  readonly caps: readonly CapResult[];
  /** One for every record that is listed, in the order of the records, or in that of their dates where there are caps. */
  readonly parts: readonly RecordPart[];
  /** Unclassified records that would count if they had a subject. */
  readonly unclassified: readonly ProjectedRecord[];
}

/**
 * Evaluates a row over a person's records. The order is fixed: what does not count at all (its own state, another
 * platform or recognition, outside the window, after `asOf`, an unknown subject, a gate), then caps per item, per year
 * and over the window, then hours that are carried over, then the requirements.
 * Held and refused rows that a later version has settled are not listed.
 * Throws an Error when a registered record lacks hours, subject or year: the ledger never posts one.
 */
export function evaluateRule(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  records: readonly ProjectedRecord[],
): Evaluation {
  const { years } = scope.window;
  const tally: Tally = {
    bySelection: new Array<number>(years.length * row.selections.length).fill(0),
    bySubject: new Array<number>(years.length * row.ruleSet.subjects.length).fill(0),
    caps: startCaps(row, years.length),
    parts: [],
  };
  const unclassified: ProjectedRecord[] = [];
  const earlier: ProjectedRecord[] = [];
  for (const record of inOrder(row, standingRecords(records))) {
    const own = ownCode(record);
    const yearIndex = own === null || own === "unclassified" ? yearIndexOf(record, scope) : -1;
    const code = own ?? scopeCode(record, scope, row, yearIndex);
    if (code === null) {
      count(row, tally, record, yearIndex, scope);
      continue;
    }
    if (code === "outside_window" && row.carryOver !== null && isBefore(record, scope)) {
      earlier.push(record);
      continue;
    }
    if (own === "unclassified" && record.hoursHundredths !== null && couldCount(row, scope, record, yearIndex)) {
      unclassified.push(record);
    }
    tally.parts.push(uncountedPart(record, code, null));
  }
  if (row.carryOver !== null) applyCarryOver(row, row.carryOver, scope, tally, earlier);
  return { ...summarise(row, scope.window, tally), unclassified };
}

function summarise(
  row: CompiledAnsweredRule,
  window: ResolvedWindow,
  { bySelection, bySubject, caps, parts }: Tally,
): Omit<Evaluation, "unclassified"> {
  const sums = { hundredths: bySelection, selections: row.selections.length };
  const requirements = row.requirements.map((each) => checkRequirement(each, window, sums));
  return {
    requirements,
    outcome: requirements.every((result) => result.outcome === "met") ? "met" : "not_met",
    years: yearResults(row, window, bySubject),
    caps: caps.map(({ rule, countedHundredths, cutHundredths }) => ({ rule, countedHundredths, cutHundredths })),
    parts,
  };
}

/** Caps cut the latest hours first, so the order of the records decides; it is that of their dates, then their ids. */
function inOrder(row: CompiledAnsweredRule, records: readonly ProjectedRecord[]): readonly ProjectedRecord[] {
  if (row.caps.length === 0 && row.carryOver === null) return records;
  return records.toSorted(compareByDate);
}

function compareByDate(left: ProjectedRecord, right: ProjectedRecord): number {
  const [leftDate, rightDate] = [left.obtainedOn ?? "", right.obtainedOn ?? ""];
  if (leftDate !== rightDate) return leftDate < rightDate ? -1 : 1;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  return left.recordId < right.recordId ? -1 : left.recordId > right.recordId ? 1 : 0;
}

/** The position of the study year in which a record lies; -1 when it lies in none. */
function yearIndexOf({ attributedYear, obtainedOn }: ProjectedRecord, { window }: EvaluationScope): number {
  const { years, byAttributedYear } = window;
  if (byAttributedYear) {
    const index = attributedYear === null ? -1 : attributedYear - (years[0]?.year ?? 0);
    return index < years.length ? index : -1;
  }
  if (obtainedOn === null) return -1;
  return years.findIndex(({ from, until }) => obtainedOn >= from && obtainedOn <= until);
}

function scopeCode(
  record: ProjectedRecord,
  { platforms, asOf }: EvaluationScope,
  row: CompiledAnsweredRule,
  yearIndex: number,
): UncountedCode | null {
  if (!platforms.includes(record.platform)) return "registered_elsewhere";
  if (record.recognition !== null && record.recognition !== row.ruleSet.recognition) return "recognised_elsewhere";
  if (yearIndex < 0) return "outside_window";
  if (record.obtainedOn !== null && record.obtainedOn > asOf) return "after_as_of";
  return null;
}

/** Whether a record would count, or be carried over, if it had a subject. */
function couldCount(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  record: ProjectedRecord,
  yearIndex: number,
): boolean {
  const code = scopeCode(record, scope, row, yearIndex);
  return code === null || (code === "outside_window" && row.carryOver !== null && isBefore(record, scope));
}

/** Whether a record lies in the window before this one, told in the same way as for this one. */
function isBefore({ obtainedOn, attributedYear }: ProjectedRecord, { window }: EvaluationScope): boolean {
  const { years, byAttributedYear, before } = window;
  if (!byAttributedYear) return obtainedOn !== null && obtainedOn >= before.from && obtainedOn <= before.until;
  const first = years[0]?.year ?? 0;
  return attributedYear !== null && attributedYear < first && attributedYear >= first - years.length;
}

/** Counts one record, or as much of it as gates and caps leave. */
function count(
  row: CompiledAnsweredRule,
  tally: Tally,
  record: ProjectedRecord,
  yearIndex: number,
  scope: EvaluationScope,
): void {
  const { hoursHundredths, subject, attributedYear } = record;
  if (hoursHundredths === null || subject === null || attributedYear === null) throw incompleteRecord(record);
  const bits = selectionBits(row, record, scope.asOf);
  if (bits < 0) {
    tally.parts.push(uncountedPart(record, "subject_not_in_rules", null));
    return;
  }
  const gate = row.gates.length === 0 ? null : gateOf(row, record, bits, scope.asOf);
  if (gate !== null) {
    tally.parts.push(uncountedPart(record, gate.code, gate.rule.id));
    return;
  }
  const cut = tally.caps.length === 0 ? NOT_CUT : cutByCaps(tally.caps, bits, hoursHundredths, yearIndex);
  const countedHundredths = hoursHundredths - cut.hundredths;
  addToSums(row, tally, record, yearIndex, bits, countedHundredths);
  tally.parts.push({
    record,
    countedHundredths,
    toward: countedHundredths === 0 ? COUNTS_TOWARD_NOTHING : servedBy(row, bits),
    year: countedHundredths === 0 ? null : (scope.window.years[yearIndex]?.year ?? null),
    code: cut.hundredths === 0 ? null : "over_cap",
    byRule: cut.ruleId,
  });
}

const NOT_CUT = { hundredths: 0, ruleId: null } as const;

function yearResults(row: CompiledAnsweredRule, { years }: ResolvedWindow, bySubject: readonly number[]): YearResult[] {
  const width = row.ruleSet.subjects.length;
  return years.map(({ year }, index) => {
    const hundredthsBySubject = bySubject.slice(index * width, (index + 1) * width);
    let totalHundredths = 0;
    for (const hundredths of hundredthsBySubject) totalHundredths += hundredths;
    return { year, totalHundredths, hundredthsBySubject };
  });
}

function incompleteRecord(record: ProjectedRecord): Error {
  return new Error(
    `A registered record of ${record.source} has no hours, subject or year. The ledger never posts such an entry: run verify.`,
  );
}
