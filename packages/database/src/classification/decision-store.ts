import type { ClassificationDecision, Subject } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
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

/** A decision in force, and when it was made (ms since 1970 UTC). */
export type StandingDecision = ClassificationDecision & { readonly decidedAtMs: number };

/** The newest decision of each record of a list; records nobody decided are missing. */
export async function readDecisions(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, StandingDecision>> {
  const rows = await tx<({ recordKey: string } & StandingDecision)[]>`
    SELECT DISTINCT ON (record_key) record_key AS "recordKey", subject, counts_besides AS "countsBesides",
      decided_at AS "decidedAtMs"
    FROM classification.decision WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])
    ORDER BY record_key, decided_at DESC, decision_id DESC`;
  return new Map(rows.map(({ recordKey, ...decision }) => [recordKey, decision]));
}

export async function writeDecision(tx: Transaction, decision: DecisionRow): Promise<void> {
  await tx`
    INSERT INTO classification.decision
      (record_key, decided_at, decision_id, subject, counts_besides, reason, document, actor)
    VALUES (${decision.recordKey}, ${instantText(decision.decidedAtMs)}::timestamptz, ${decision.decisionId},
      ${decision.subject}, ${decision.countsBesides}, ${decision.reason}, ${decision.document}, ${decision.actor})`;
}
