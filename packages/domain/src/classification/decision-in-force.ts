import type { Subject } from "../values/subject.ts";
import type { ClassificationDecision } from "./classify-record.ts";

/** What a decision is about; of the rest of its record it says nothing. */
export type DecisionTopic = "subject" | "duplicate" | "all";

/** An operator's decision of one record, as it is kept. */
export interface KeptDecision {
  readonly decisionId: string;
  /** Milliseconds since 1970 UTC. */
  readonly decidedAtMs: number;
  readonly topic: DecisionTopic;
  readonly subject: Subject | null;
  readonly countsBesides: boolean;
  /** The decision that it takes back, of the same record; null: it takes none back. */
  readonly undoes: string | null;
}

/** What is decided of a record, and when the newest decision about it was made, taken back or not. */
export interface DecisionInForce extends ClassificationDecision {
  readonly decidedAtMs: number;
  /** Whether anything is decided; a record of which all was taken back is as one nobody decided of. */
  readonly isDecided: boolean;
}

/**
 * The subject and the exemption that stand among the decisions of one record, in any order: of each the newest one that
 * speaks of it and that nobody took back.
 */
export function decisionInForce(decisions: readonly KeptDecision[]): DecisionInForce {
  const undone = new Set(decisions.flatMap(({ undoes }) => undoes ?? []));
  const standing = decisions.filter((one) => one.undoes === null && !undone.has(one.decisionId)).sort(compareNewest);
  const subject = standing.find(({ topic }) => topic !== "duplicate")?.subject ?? null;
  const countsBesides = standing.find(({ topic }) => topic !== "subject")?.countsBesides ?? false;
  const decidedAtMs = decisions.reduce((latest, one) => Math.max(latest, one.decidedAtMs), 0);
  return { subject, countsBesides, decidedAtMs, isDecided: subject !== null || countsBesides };
}

function compareNewest(left: KeptDecision, right: KeptDecision): number {
  if (left.decidedAtMs !== right.decidedAtMs) return right.decidedAtMs - left.decidedAtMs;
  return left.decisionId < right.decisionId ? 1 : -1;
}
