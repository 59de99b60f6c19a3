import type { FieldChange, RecordCorrection, RevocationCode } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/** What a correction decides of one record, as it is kept; `undoes` is set where it takes an earlier one back. */
export interface CorrectionDecisionRow {
  readonly recordKey: string;
  readonly decidedAtMs: number;
  /** The correction; of an undo an id of its own. */
  readonly decisionId: string;
  readonly undoes: string | null;
  readonly revokes: RevocationCode | null;
  readonly changes: readonly FieldChange[];
  readonly note: string;
  readonly actor: string;
}

/** Everything that corrections decided of a list of records, undoes among it. */
export async function readCorrectionDecisions(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
): Promise<CorrectionDecisionRow[]> {
  return (tx as Sql)<CorrectionDecisionRow[]>`
    SELECT record_key AS "recordKey", decided_at AS "decidedAtMs", decision_id AS "decisionId", undoes, revokes, changes,
      note, actor
    FROM classification.correction_decision WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** The corrections in force of a list of records, by record; records nobody corrected are missing. */
export async function readCorrectionsInForce(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly RecordCorrection[]>> {
  return correctionsInForce(await readCorrectionDecisions(tx, recordKeys));
}

function correctionsInForce(rows: readonly CorrectionDecisionRow[]): ReadonlyMap<string, readonly RecordCorrection[]> {
  const undone = new Set(rows.map(({ recordKey, undoes }) => `${recordKey}/${undoes}`));
  const inForce = new Map<string, RecordCorrection[]>();
  for (const { recordKey, decisionId, decidedAtMs, undoes, revokes, changes, note } of rows) {
    if (undoes !== null || undone.has(`${recordKey}/${decisionId}`)) continue;
    const ofRecord = inForce.get(recordKey) ?? [];
    inForce.set(recordKey, [...ofRecord, { correctionId: decisionId, decidedAtMs, revokes, changes, note }]);
  }
  return inForce;
}

export async function writeCorrectionDecisions(tx: Transaction, rows: readonly CorrectionDecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    INSERT INTO classification.correction_decision
      (record_key, decided_at, decision_id, undoes, revokes, changes, note, actor)
    SELECT key, at, id, undoes, revokes, changes::json, note, actor FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${instantArray(rows.map((row) => row.decidedAtMs))}::timestamptz[],
      ${plainArray(rows.map((row) => row.decisionId))}::uuid[],
      ${plainArray(rows.map((row) => row.undoes))}::uuid[],
      ${textArray(rows.map((row) => row.revokes))}::text[],
      ${textArray(rows.map((row) => JSON.stringify(row.changes)))}::text[],
      ${textArray(rows.map((row) => row.note))}::text[],
      ${textArray(rows.map((row) => row.actor))}::text[]
    ) AS row (key, at, id, undoes, revokes, changes, note, actor)`;
}
