import type { ProjectedRecord } from "../projection/projected-record.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { CapUse } from "./apply-caps.ts";
import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { RecordPart } from "./record-part.ts";
import type { ResolvedWindow } from "./resolve-window.ts";

/** What one check counts: hours of these platforms of record, in this window, obtained until this date. */
export interface EvaluationScope {
  readonly platforms: readonly string[];
  readonly window: ResolvedWindow;
  readonly asOf: LocalDate;
}

/** Sums that grow while records are placed. */
export interface Tally {
  readonly bySelection: number[];
  readonly bySubject: number[];
  readonly caps: CapUse[];
  readonly parts: RecordPart[];
}

export const COUNTS_TOWARD_NOTHING: readonly string[] = [];

export function addToSums(
  row: CompiledAnsweredRule,
  { bySelection, bySubject }: Tally,
  { subject }: ProjectedRecord,
  yearIndex: number,
  bits: number,
  hundredths: number,
): void {
  const base = yearIndex * row.selections.length;
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const cell = base + (31 - Math.clz32(rest & -rest));
    bySelection[cell] = (bySelection[cell] ?? 0) + hundredths;
  }
  const { subjects } = row.ruleSet;
  const cell = yearIndex * subjects.length + subjects.indexOf(subject ?? "");
  bySubject[cell] = (bySubject[cell] ?? 0) + hundredths;
}

/** The selections that a record is in on a day, as bits; -1 for a subject that the rule set does not know. */
export function selectionBits(
  row: CompiledAnsweredRule,
  { subject, pathway, assessedOn }: Pick<ProjectedRecord, "subject" | "pathway" | "assessedOn">,
  asOf: LocalDate,
): number {
  const bySubject = row.bitsBySubject.get(subject ?? "");
  if (bySubject === undefined) return -1;
  const byPathway = pathway === null ? row.otherPathwayBits : (row.bitsByPathway.get(pathway) ?? row.otherPathwayBits);
  return bySubject & byPathway & (assessedOn === null || assessedOn > asOf ? row.unassessedBits : -1);
}

/** The requirements that a record of these selections counts toward; one list for all such records. */
export function servedBy(row: CompiledAnsweredRule, bits: number): readonly string[] {
  const known = row.servedByBits.get(bits);
  if (known !== undefined) return known;
  const served = row.requirements.filter(({ selection }) => ((bits >> selection) & 1) === 1).map(({ rule }) => rule.id);
  row.servedByBits.set(bits, served);
  return served;
}

export function uncountedPart(record: ProjectedRecord, code: string, byRule: string | null): RecordPart {
  return { record, countedHundredths: 0, toward: COUNTS_TOWARD_NOTHING, year: null, code, byRule };
}
