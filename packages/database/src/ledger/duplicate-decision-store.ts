import { type DuplicateDecision, type DuplicateDecisionKind, duplicateDecisionKey } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/** What an operator decided of one of some records, as it is kept; `undoes` is set where it takes an earlier one back. */
export interface DuplicateDecisionRow {
  readonly recordKey: string;
  readonly decidedAtMs: number;
  /** The correction; of an undo an id of its own. */
  readonly decisionId: string;
  readonly undoes: string | null;
  readonly kind: DuplicateDecisionKind;
  /** All records that it is about, sorted. */
  readonly recordKeys: readonly string[];
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

/** A decision in force, in an operator's words. */
export type SaidDuplicateDecision = DuplicateDecision & Pick<DuplicateDecisionRow, "reason" | "document" | "actor">;

const columns = (sql: Sql) => sql`
  record_key AS "recordKey", decided_at AS "decidedAtMs", decision_id AS "decisionId", undoes, kind,
  record_keys AS "recordKeys", reason, document, actor`;

/** Everything that operators decided of a list of records as duplicates, undoes among it. */
export async function readDuplicateDecisions(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
): Promise<DuplicateDecisionRow[]> {
  const sql = tx as Sql;
  return sql<DuplicateDecisionRow[]>`
    SELECT ${columns(sql)} FROM ledger.duplicate_decision
    WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** Everything that operators ever decided of duplicates, undoes among it. */
export async function readAllDuplicateDecisions(tx: Sql | Transaction): Promise<DuplicateDecisionRow[]> {
  const sql = tx as Sql;
  return sql<DuplicateDecisionRow[]>`SELECT ${columns(sql)} FROM ledger.duplicate_decision`;
}

/**
 * The decisions in force of a list of records, each once, and those of the records that they make the same, and so on:
 * whatever may bring further records into an achievement.
 * @param atMs only what was decided by then, milliseconds since 1970 UTC; absent: all
 */
export async function readDuplicatesAround(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
  atMs = Number.POSITIVE_INFINITY,
): Promise<SaidDuplicateDecision[]> {
  const asked = new Set(recordKeys);
  const found = new Map<string, SaidDuplicateDecision>();
  for (let next = [...asked]; next.length > 0; ) {
    const rows = await readDuplicateDecisions(tx, next);
    const decisions = duplicatesInForce(rows.filter(({ decidedAtMs }) => decidedAtMs <= atMs));
    next = [];
    for (const decision of decisions) {
      found.set(duplicateDecisionKey(decision), decision);
      if (decision.kind === "same_achievement") next.push(...decision.recordKeys.filter((key) => !asked.has(key)));
    }
    next = [...new Set(next)];
    for (const key of next) asked.add(key);
  }
  return [...found.values()];
}

/** The decisions that stand among rows, each once. */
export function duplicatesInForce(rows: readonly DuplicateDecisionRow[]): SaidDuplicateDecision[] {
  const undone = new Set(rows.map(({ recordKey, undoes }) => `${recordKey}/${undoes}`));
  const found = new Map<string, SaidDuplicateDecision>();
  for (const { recordKey, undoes, ...decision } of rows) {
    if (undoes === null && !undone.has(`${recordKey}/${decision.decisionId}`))
      found.set(duplicateDecisionKey(decision), decision);
  }
  return [...found.values()];
}

export async function writeDuplicateDecisions(tx: Transaction, rows: readonly DuplicateDecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    INSERT INTO ledger.duplicate_decision
      (record_key, decided_at, decision_id, undoes, kind, record_keys, reason, document, actor)
    SELECT key, at, id, undoes, kind, keys::uuid[], reason, document, actor FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${instantArray(rows.map((row) => row.decidedAtMs))}::timestamptz[],
      ${plainArray(rows.map((row) => row.decisionId))}::uuid[],
      ${plainArray(rows.map((row) => row.undoes))}::uuid[],
      ${textArray(rows.map((row) => row.kind))}::text[],
      ${textArray(rows.map((row) => plainArray(row.recordKeys)))}::text[],
      ${textArray(rows.map((row) => row.reason))}::text[],
      ${textArray(rows.map((row) => row.document))}::text[],
      ${textArray(rows.map((row) => row.actor))}::text[]
    ) AS row (key, at, id, undoes, kind, keys, reason, document, actor)`;
}
