import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** What two records of one person say together that can hardly be. */
export interface FindingRow {
  readonly recordKey: string;
  readonly code: "overlapping_sessions";
  readonly otherRecordKey: string;
}

/** A version as it is compared with the person's others. */
export interface SessionRow {
  readonly recordKey: string;
  readonly practitionerId: string;
  readonly status: string;
  readonly pathway: string | null;
  readonly title: string;
  readonly obtainedOn: string | null;
  readonly studiedFrom: string | null;
  readonly studiedUntil: string | null;
}

/** The final versions of a list of people that say on which days somebody attended, over some span of days. */
export async function readSessions(
  tx: Transaction,
  practitionerIds: readonly string[],
  days: { readonly from: string; readonly until: string },
): Promise<SessionRow[]> {
  return tx<SessionRow[]>`
    SELECT record_key AS "recordKey", practitioner_id AS "practitionerId", status, pathway, title,
      obtained_on AS "obtainedOn", studied_from AS "studiedFrom", studied_until AS "studiedUntil"
    FROM admission.version
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[]) AND status = 'final' AND pathway IS NOT NULL
      AND studied_from <= ${days.until}::text::date
      AND greatest(studied_from, coalesce(studied_until, obtained_on)) >= ${days.from}::text::date`;
}

/** Keeps findings, each once; what was found before stays as it is. */
export async function writeFindings(
  tx: Transaction,
  findings: readonly (FindingRow & { readonly practitionerId: string })[],
  found: { readonly batchId: string; readonly atMs: number },
): Promise<void> {
  if (findings.length === 0) return;
  await tx`
    INSERT INTO admission.finding (record_key, code, other_record_key, practitioner_id, batch_id, found_at)
    SELECT key, code, other, person, ${found.batchId}::uuid, ${instantText(found.atMs)}::timestamptz
    FROM unnest(
      ${plainArray(findings.map((one) => one.recordKey))}::uuid[],
      ${plainArray(findings.map((one) => one.code))}::text[],
      ${plainArray(findings.map((one) => one.otherRecordKey))}::uuid[],
      ${plainArray(findings.map((one) => one.practitionerId))}::uuid[]
    ) AS finding (key, code, other, person)
    ORDER BY key, code, other
    ON CONFLICT DO NOTHING`;
}

/** What was found about a list of records, whether or not their standing versions still say so. */
export async function readFindings(tx: Sql | Transaction, recordKeys: readonly string[]): Promise<FindingRow[]> {
  return (tx as Sql)<FindingRow[]>`
    SELECT record_key AS "recordKey", code, other_record_key AS "otherRecordKey"
    FROM admission.finding WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])
    ORDER BY record_key, code, other_record_key`;
}

/** Records about which something was found, in order of key, from one key on. */
export async function readFoundRecords(sql: Sql, fromKey: string, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT DISTINCT record_key FROM admission.finding WHERE record_key >= ${fromKey}::uuid
    ORDER BY record_key LIMIT ${limit}`.values();
  return rows.map(([recordKey]) => recordKey as string);
}
