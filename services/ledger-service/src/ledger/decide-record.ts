import {
  duplicatesInForce,
  lockHeads,
  readDecisions,
  readDuplicateDecisions,
  readErased,
  readOwnerships,
  readRecordStanding,
  readVersions,
  type Transaction,
  writeDecisions,
} from "@xueshi/database";
import { type DecisionInForce, planPostings, type RecordState, type Subject } from "@xueshi/domain";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import { noteOf } from "./note-of.ts";
import type { PostingContext } from "./posting-context.ts";
import { readChanges } from "./read-changes.ts";
import { runPosting } from "./run-posting.ts";
import { writePlan } from "./write-plan.ts";

/** What an operator decides of one record: its subject, that it counts beside its duplicate, or neither any more. */
export interface OperatorDecision {
  readonly recordKey: string;
  readonly subject: Subject | null;
  readonly counts: boolean;
  /** Takes back whatever was decided of the record before; `subject` and `counts` say nothing then. Default false. */
  readonly takesBack?: boolean;
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
  /** The person whose record it is was erased. */
  | { readonly kind: "erased" }
  /** The record does not wait for this kind of decision; `state` is where it is. */
  | { readonly kind: "conflict"; readonly state: RecordState };

/**
 * Keeps an operator's decision and posts what follows from it, in one transaction: the record and whatever shares its
 * achievement. The decision stands for later versions of the record too. Source: ARCHITECTURE.md, invariants 14 and 15.
 */
export async function decideRecord(context: PostingContext, decision: OperatorDecision): Promise<DecideOutcome> {
  return runPosting(context, (tx, rules, extraPeople) => decide(tx, decision, extraPeople, rules, context));
}

async function decide(
  tx: Transaction,
  decision: OperatorDecision,
  extraPeople: readonly string[],
  rules: RulesInForce,
  context: PostingContext,
): Promise<DecideOutcome> {
  const { recordKey, actor } = decision;
  const versions = await readVersions(tx, [recordKey]);
  if (versions.length === 0) return { kind: "not_found" };
  const named = versions.map((version) => version.practitionerId);
  const ownerships = await readOwnerships(tx, named);
  const owners = [...ownerships.values()].flatMap((ownership) => ownership.ever);
  const people = [...new Set([...named, ...owners, ...extraPeople])];
  const heads = await lockHeads(tx, people);
  if ((await readErased(tx, people)).size > 0) return { kind: "erased" };
  const before = await readRecordStanding(tx, people, recordKey);
  const earlier = (await readDecisions(tx, [recordKey])).get(recordKey) ?? null;
  const answered = answerWithoutPosting(decision, before, earlier);
  if (answered !== null) return answered;
  if (decision.counts && (await isDecidedSame(tx, recordKey))) return { kind: "conflict", state: "duplicate" };
  await keepDecision(tx, decision, earlier, context);
  const changes = await readChanges(tx, [recordKey], people, rules, context);
  const plan = planPostings({ ...changes, actor, reason: "decided", note: noteOf(decision) });
  const { nameDigests } = changes;
  const postingId = await writePlan(tx, { plan, heads, nameDigests, batchId: null, reason: "decided", actor }, context);
  const after = await readRecordStanding(tx, people, recordKey);
  // Admission may know since a moment ago that the name is another one: the decision is kept, the record is held.
  if (after === null) return { kind: "decided", state: "held", subject: null, postingId };
  return { kind: "decided", state: after.state as RecordState, subject: after.subject, postingId };
}

/** Whether an operator says of a record that it is another's achievement: it cannot count beside that meanwhile. */
async function isDecidedSame(tx: Transaction, recordKey: string): Promise<boolean> {
  const decisions = duplicatesInForce(await readDuplicateDecisions(tx, [recordKey]));
  return decisions.some(({ kind }) => kind === "same_achievement");
}

/** The answer where the record does not wait for the decision, or stands by it already; null: it is to be made. */
function answerWithoutPosting(
  decision: OperatorDecision,
  before: Awaited<ReturnType<typeof readRecordStanding>>,
  earlier: DecisionInForce | null,
): DecideOutcome | null {
  const state = (before?.state ?? "held") as RecordState;
  if (decision.takesBack === true) {
    return earlier?.isDecided === true ? null : { kind: "conflict", state };
  }
  if (before === null) return { kind: "not_found" };
  const isSame = decision.subject !== null && state === "registered" && before.subject === decision.subject;
  if (isSame) return { kind: "decided", state, subject: before.subject, postingId: null };
  const waits = decision.counts ? state === "duplicate" : state === "unclassified" || state === "registered";
  return waits ? null : { kind: "conflict", state };
}

/** A decision speaks of the subject or of the duplicate; of the other, what was decided before stays. */
async function keepDecision(
  tx: Transaction,
  decision: OperatorDecision,
  earlier: DecisionInForce | null,
  context: PostingContext,
): Promise<void> {
  const { recordKey, reason, document, actor } = decision;
  const isTakenBack = decision.takesBack === true;
  const row = {
    recordKey,
    decisionId: context.newId(),
    // The newest decision is in force, so one that was made later must not look older, whatever the clocks say.
    decidedAtMs: Math.max(context.clock(), (earlier?.decidedAtMs ?? 0) + 1),
    topic: isTakenBack ? ("all" as const) : decision.subject !== null ? ("subject" as const) : ("duplicate" as const),
    subject: isTakenBack ? null : decision.subject,
    countsBesides: !isTakenBack && decision.counts,
    ...{ undoes: null, reason, document, actor },
  };
  await writeDecisions(tx, [row]);
}
