import type { ClassificationDecision, Subject } from "@xueshi/domain";
import { instantText, type Transaction } from "../connection/connect.ts";

export interface DecisionRow {
  readonly recordKey: string;
  readonly decisionId: string;
  readonly decidedAtMs: number;
  readonly subject: Subject | null;
  readonly countsBesides: boolean;
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

/** The newest decision of each record of a list; records nobody decided are missing. */
export async function readDecisions(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, ClassificationDecision>> {
  const rows = await tx<({ recordKey: string } & ClassificationDecision)[]>`
    SELECT DISTINCT ON (record_key) record_key AS "recordKey", subject, counts_besides AS "countsBesides"
    FROM classification.decision WHERE record_key = ANY(${recordKeys as string[]}::uuid[])
    ORDER BY record_key, decided_at DESC, decision_id DESC`;
  return new Map(rows.map((row) => [row.recordKey, { subject: row.subject, countsBesides: row.countsBesides }]));
}

export async function writeDecision(tx: Transaction, decision: DecisionRow): Promise<void> {
  await tx`
    INSERT INTO classification.decision
      (record_key, decided_at, decision_id, subject, counts_besides, reason, document, actor)
    VALUES (${decision.recordKey}, ${instantText(decision.decidedAtMs)}::timestamptz, ${decision.decisionId},
      ${decision.subject}, ${decision.countsBesides}, ${decision.reason}, ${decision.document}, ${decision.actor})`;
}
