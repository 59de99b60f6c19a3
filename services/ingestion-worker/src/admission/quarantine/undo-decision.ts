import {
  lockDecisions,
  lockKnownPeople,
  type RowDecisionRow,
  readRecordKeysOfNames,
  readRowDecision,
  runTransaction,
  type Transaction,
  updateVoided,
  withdrawNameAlias,
  writeRowDecisions,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { hintPosting } from "../hint-posting.ts";
import { refuseUnlocked, writeDecisionBatch } from "./decide-rows.ts";
import { type RecordFile, readRecordFiles } from "./record-file.ts";
import { changedVoidings } from "./settle-voiding.ts";

export interface DecisionToUndo {
  readonly decisionId: string;
  readonly reason: string;
  readonly actor: string;
}

export type UndoOutcome =
  | { readonly kind: "undone"; readonly decisionId: string; readonly batchId: string }
  | { readonly kind: "not_found" }
  /** It was taken back before, or is itself an undo. */
  | { readonly kind: "conflict" }
  /** The person whom the row is about was erased. */
  | { readonly kind: "erased" };

/** Takes back exactly one decision about a row: everything stands as by the decisions that are left. */
export async function undoDecision(context: IngestionContext, asked: DecisionToUndo): Promise<UndoOutcome> {
  const outcome = await runTransaction(context, (tx) => undoIn(tx, context, asked));
  if (outcome.kind === "undone") await hintPosting(context, outcome.batchId);
  return outcome;
}

async function undoIn(tx: Transaction, context: IngestionContext, asked: DecisionToUndo): Promise<UndoOutcome> {
  await lockDecisions(tx);
  const decision = await readRowDecision(tx, asked.decisionId);
  if (decision === null) return { kind: "not_found" };
  const { recordKey } = decision;
  const [unlocked] = await readRecordFiles(tx, [recordKey], context.nameVariants);
  const locked = new Set(peopleOf(unlocked));
  await lockKnownPeople(tx, [...locked]);
  const [file] = await readRecordFiles(tx, [recordKey], context.nameVariants);
  if (file === undefined) return { kind: "not_found" };
  refuseUnlocked([file], locked);
  if (file.isErased) return { kind: "erased" };
  const isUndone = file.decided.some((one) => one.undoes === decision.decisionId);
  if (isUndone || decision.kind === "undo") return { kind: "conflict" };
  const decisionId = context.newId();
  const latestMs = file.decided.reduce((latest, one) => Math.max(latest, one.decidedAtMs), 0);
  const undo: RowDecisionRow = {
    ...decision,
    ...{ decisionId, kind: "undo", undoes: decision.decisionId, standingDigest: null, document: null },
    ...{ reason: asked.reason, actor: asked.actor, decidedAtMs: Math.max(context.clock(), latestMs + 1) },
  };
  await writeRowDecisions(tx, [undo]);
  await updateVoided(tx, changedVoidings(file.versions, [...file.decided, undo]));
  const alias = file.names.aliases.get(decision.decisionId);
  const withdrawn =
    alias === undefined
      ? null
      : await withdrawNameAlias(tx, alias.practitionerId, decision.decisionId, undo.decidedAtMs);
  await writeDecisionBatch(tx, context, {
    batchId: decisionId,
    recordKeys: [recordKey, ...(withdrawn === null ? [] : await readRecordKeysOfNames(tx, [withdrawn]))],
    practitionerIds: peopleOf(file),
  });
  return { kind: "undone", decisionId, batchId: decisionId };
}

function peopleOf(file: RecordFile | undefined): string[] {
  const rows = [...(file?.versions ?? []), ...(file?.refusals ?? [])];
  return [...new Set(rows.flatMap((row) => row.practitionerId ?? []))];
}
