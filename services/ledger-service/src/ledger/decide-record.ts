import { lockHeads, readRecordStanding, readVersions, writeDecision } from "@xueshi/database";
import { planPostings, type RecordState, type Subject } from "@xueshi/domain";
import type { PostingContext } from "./posting-context.ts";
import { readChanges } from "./read-changes.ts";
import { retryTransaction } from "./retry-transaction.ts";
import { writePlan } from "./write-plan.ts";

/** What an operator decides of one record: its subject, or that it counts beside its duplicate. */
export interface OperatorDecision {
  readonly recordKey: string;
  readonly subject: Subject | null;
  readonly counts: boolean;
  readonly reason: string;
  readonly document: string | null;
  /** Public name of the operator's key. */
  readonly actor: string;
}

export type DecideOutcome =
  | {
      readonly kind: "decided";
      readonly state: RecordState;
      readonly subject: Subject | null;
      readonly postingId: string | null;
    }
  /** There is no such record in the ledger. */
  | { readonly kind: "not_found" }
  /** The record does not wait for this kind of decision; `state` is where it is. */
  | { readonly kind: "conflict"; readonly state: RecordState };

/**
 * Keeps an operator's decision and posts what follows from it, in one transaction: the record and whatever shares its
 * achievement. The decision stands for later versions of the record too. Source: design.md, invariants 14 and 15.
 */
export async function decideRecord(context: PostingContext, decision: OperatorDecision): Promise<DecideOutcome> {
  const ruleSets = await context.ruleSets();
  return retryTransaction(context.sql, async (tx): Promise<DecideOutcome> => {
    const versions = await readVersions(tx, [decision.recordKey]);
    const people = [...new Set(versions.map((version) => version.practitionerId))];
    if (people.length === 0) return { kind: "not_found" };
    const heads = await lockHeads(tx, people);
    const before = await readRecordStanding(tx, people, decision.recordKey);
    if (before === null) return { kind: "not_found" };
    const state = before.state as RecordState;
    const isSame = decision.subject !== null && state === "registered" && before.subject === decision.subject;
    if (isSame) return { kind: "decided", state, subject: before.subject, postingId: null };
    if (decision.counts ? state !== "duplicate" : state !== "unclassified" && state !== "registered") {
      return { kind: "conflict", state };
    }
    await writeDecision(tx, {
      recordKey: decision.recordKey,
      decisionId: context.newId(),
      decidedAtMs: context.clock(),
      subject: decision.subject ?? (decision.counts ? before.subject : null),
      countsBesides: decision.counts,
      reason: decision.reason,
      document: decision.document,
      actor: decision.actor,
    });
    const changes = await readChanges(tx, [decision.recordKey], people, ruleSets, context.sha256Hex);
    const note = decision.document === null ? decision.reason : `${decision.reason} (${decision.document})`;
    const plan = planPostings({ ...changes, actor: decision.actor, reason: "decided", note });
    const { nameDigests } = changes;
    await writePlan(tx, { plan, heads, nameDigests, batchId: null, reason: "decided", actor: decision.actor }, context);
    const after = await readRecordStanding(tx, people, decision.recordKey);
    return {
      kind: "decided",
      state: (after?.state ?? state) as RecordState,
      subject: after?.subject ?? null,
      postingId: after?.postingId ?? null,
    };
  });
}
