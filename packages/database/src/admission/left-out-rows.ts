import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/**
 * SQL: no re-admission left a version out. What one left out no page says any more: it did not arrive, as it were. What a
 * decision left out did.
 * @param version alias of the version in the statement
 * @param leftOutBy the ids of all re-admissions
 */
export function isSaid(sql: Sql, version: string, leftOutBy: ReadonlySet<string>) {
  return sql`(${sql(version)}.voided_by IS NULL OR ${sql(version)}.voided_by <> ALL(${plainArray([...leftOutBy])}::uuid[]))`;
}

/**
 * SQL: the same of a refused row, by the decision with which a re-admission settles one: a correction without a content.
 * @param refusal alias of the refused row in the statement
 * @param record alias of a row of the same record. Where that is the row that `refusal` is held against, decisions are looked
 *   up for refused rows that were found beside it alone, else for each in the table
 */
export function isRefusalSaid(sql: Sql | Transaction, refusal: string, record: string = refusal) {
  return sql`NOT EXISTS (
    SELECT FROM admission.row_decision AS anew
    WHERE anew.record_key = ${sql(record)}.record_key AND anew.update_time = ${sql(refusal)}.update_time
      AND anew.content_digest = ${sql(refusal)}.content_digest AND anew.kind = 'correct' AND anew.corrected_digest IS NULL
      AND NOT EXISTS (SELECT FROM admission.row_decision AS taken_back
        WHERE taken_back.record_key = anew.record_key AND taken_back.undoes = anew.decision_id))`;
}

/**
 * SQL: an operator put the version in the place of a row, so its source never sent it.
 * @param version alias of the version in the statement
 * @param record as in {@link isRefusalSaid}
 */
export function isMade(sql: Sql, version: string, record: string = version) {
  return sql`EXISTS (
    SELECT FROM admission.row_decision AS made
    WHERE made.record_key = ${sql(record)}.record_key AND made.kind = 'correct'
      AND made.corrected_digest = ${sql(version)}.content_digest)`;
}
