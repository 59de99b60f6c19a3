import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Transaction } from "@xueshi/database";
import type { Declaration, LocalDate, ProjectedRecord, RuleSet } from "@xueshi/domain";

/** A declaration and the person's records, with the date until which hours count. */
export interface Question {
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  readonly records: readonly ProjectedRecord[];
}

const TABLES = readFileSync(join(import.meta.dirname, "tables.sql"), "utf8");

/** Puts rule sets, questions and records into temporary tables of the transaction, as plain rows. */
export async function loadRows(
  transaction: Transaction,
  ruleSets: readonly RuleSet[],
  questions: readonly Question[],
): Promise<void> {
  await transaction.unsafe(TABLES);
  await transaction`
    INSERT INTO rule_set SELECT id, position, body
    FROM jsonb_to_recordset(${JSON.stringify(ruleSets.map(ruleSetRow))}::text::jsonb)
      AS given (id text, position integer, body jsonb)`;
  await transaction`
    INSERT INTO question SELECT * FROM jsonb_populate_recordset(
      NULL::question, ${JSON.stringify(questions.map(questionRow))}::text::jsonb)`;
  await transaction`
    INSERT INTO record SELECT * FROM jsonb_populate_recordset(
      NULL::record, ${JSON.stringify(questions.flatMap(recordRows))}::text::jsonb)`;
  await transaction.unsafe("ANALYZE rule_set; ANALYZE question; ANALYZE record");
}

function ruleSetRow(ruleSet: RuleSet, position: number) {
  return { id: ruleSet.id, position, body: ruleSet };
}

function questionRow({ declaration, asOf }: Question, caseId: number) {
  const { place, year, kind, level, series, education, facts = {}, grants = [] } = declaration;
  return { case_id: caseId, place, year, kind, level, series, education, facts, grants, as_of: asOf };
}

function recordRows({ records }: Question, caseId: number) {
  return records.map((record) => ({
    case_id: caseId,
    record_id: record.recordId,
    source: record.source,
    platform: record.platform,
    state: record.state,
    slot: record.slot,
    hours: record.hoursHundredths,
    subject: record.subject,
    attributed_year: record.attributedYear,
    obtained_on: record.obtainedOn,
    pathway: record.pathway,
    recognition: record.recognition,
    assessed_on: record.assessedOn,
  }));
}
