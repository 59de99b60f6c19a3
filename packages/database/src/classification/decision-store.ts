import { type DecisionInForce, decisionInForce, type KeptDecision } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

export interface DecisionRow extends KeptDecision {
  readonly recordKey: string;
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

/** What stands decided of each record of a list; records nobody decided of are missing. */
export async function readDecisions(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, DecisionInForce>> {
  const kept = new Map<string, KeptDecision[]>();
  for (const { recordKey, ...decision } of await readKeptDecisions(tx, recordKeys)) {
    const ofRecord = kept.get(recordKey);
    if (ofRecord === undefined) kept.set(recordKey, [decision]);
    else ofRecord.push(decision);
  }
  return new Map([...kept].map(([recordKey, decisions]) => [recordKey, decisionInForce(decisions)]));
}

async function readKeptDecisions(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<(KeptDecision & { readonly recordKey: string })[]> {
  return tx<(KeptDecision & { readonly recordKey: string })[]>`
    SELECT record_key AS "recordKey", decision_id AS "decisionId", decided_at AS "decidedAtMs", topic, subject,
      counts_besides AS "countsBesides", undoes
    FROM classification.decision WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** Records of which stands decided that they count beside their duplicates. */
export async function readExemptRecords(sql: Sql): Promise<string[]> {
  const rows = await sql`SELECT DISTINCT record_key FROM classification.decision WHERE counts_besides`.values();
  const decisions = await readDecisions(
    sql as unknown as Transaction,
    rows.map(([recordKey]) => recordKey as string),
  );
  return [...decisions].flatMap(([recordKey, { countsBesides }]) => (countsBesides ? [recordKey] : []));
}

export async function writeDecisions(tx: Transaction, rows: readonly DecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    INSERT INTO classification.decision
      (record_key, decided_at, decision_id, topic, subject, counts_besides, undoes, reason, document, actor)
    SELECT * FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${instantArray(rows.map((row) => row.decidedAtMs))}::timestamptz[],
      ${plainArray(rows.map((row) => row.decisionId))}::uuid[],
      ${textArray(rows.map((row) => row.topic))}::text[],
      ${textArray(rows.map((row) => row.subject))}::text[],
      ${plainArray(rows.map((row) => String(row.countsBesides)))}::boolean[],
      ${plainArray(rows.map((row) => row.undoes))}::uuid[],
      ${textArray(rows.map((row) => row.reason))}::text[],
      ${textArray(rows.map((row) => row.document))}::text[],
      ${textArray(rows.map((row) => row.actor))}::text[]
    )`;
}
