import {
  readNamedRecords,
  runTransaction,
  type Transaction,
  writeCorrectionRecords,
  writeCorrectionStep,
} from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";
import type { RulesInForce } from "../../classification/rules-in-force.ts";
import { runPosting } from "../run-posting.ts";
import {
  actorOf,
  type CorrectionToApply,
  lockPeople,
  postGroups,
  refuseErased,
  refuseSameHolder,
} from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { undecideRecords } from "./decide-records.ts";
import { type FoundRecords, findPeople } from "./find-records.ts";
import { type PlannedCorrection, planCorrection } from "./plan-correction.ts";
import { type CorrectionFile, holdCorrection } from "./read-file.ts";

export interface CorrectionToUndo extends CorrectionToApply {
  readonly reason: string;
}

/** Why entries are made by which a correction is taken back. */
const UNDONE = "correction_undone";

/**
 * Takes back a correction that is applied, all of it: every record stands as by what else is known and decided, but those of
 * people who were erased. Where the kind needs two holders the first request proposes it, and the one of another holder does
 * it. What it did is kept as a preview is. Throws what `readCorrectionFile` does, `correction_state_conflict`,
 * `second_holder_required` and, where everybody was erased, `erased`.
 */
export async function undoCorrection(context: CorrectionContext, asked: CorrectionToUndo): Promise<void> {
  await runPosting(context, (tx, rules) => undo(tx, asked, rules, context));
}

async function undo(
  tx: Transaction,
  asked: CorrectionToUndo,
  rules: RulesInForce,
  context: CorrectionContext,
): Promise<void> {
  const file = await holdCorrection(tx, asked);
  const { state, correction, steps, seen } = file;
  if (state !== "applied" && state !== "undo_proposed") throw new HttpProblem("correction_state_conflict");
  const found = await findPeople(tx, await readNamedRecords(tx, seen));
  await refuseErased(tx, found.groups, "all");
  if (state === "applied" && context.fourEyes.has(correction.kind)) {
    return takeStep(tx, file, "undo_proposed", asked, context);
  }
  const first = state === "undo_proposed" ? (steps.at(-1)?.actor ?? "") : asked.holder;
  if (state === "undo_proposed") refuseSameHolder(context, file, first, asked.holder);
  const actor = actorOf(first, asked.holder);
  const done = await takeBack(tx, { correction, found, actor, note: asked.reason }, rules, context);
  await takeStep(tx, file, "undone", asked, context, done);
}

interface Done {
  readonly planned: PlannedCorrection;
  readonly postingIds: readonly string[];
}

async function takeBack(
  tx: Transaction,
  {
    correction,
    found: { records, groups },
    actor,
    note,
  }: Pick<CorrectionFile, "correction"> & {
    readonly found: FoundRecords;
    readonly actor: string;
    readonly note: string;
  },
  rules: RulesInForce,
  context: CorrectionContext,
): Promise<Done> {
  const heads = await lockPeople(tx, groups);
  const deciding = { correction, actor, note, reason: note, nowMs: context.clock(), undoId: context.newId() };
  const asked = {
    ...{ records, reason: UNDONE, actor, note },
    decide: (keys: readonly string[]) => undecideRecords(tx, keys, deciding),
  };
  const planned = await planCorrection(tx, asked, groups, rules, context);
  return { planned, postingIds: await postGroups(tx, planned, heads, { reason: UNDONE, actor }, context) };
}

/** Cancels a correction that waits to be applied, or an undo that waits for its second holder. */
export async function cancelCorrection(context: CorrectionContext, asked: CorrectionToUndo): Promise<void> {
  await runTransaction(context, async (tx) => {
    const file = await holdCorrection(tx, asked);
    if (file.state === "proposed") return takeStep(tx, file, "cancelled", asked, context);
    if (file.state === "undo_proposed") return takeStep(tx, file, "undo_cancelled", asked, context);
    throw new HttpProblem("correction_state_conflict");
  });
}

async function takeStep(
  tx: Transaction,
  { steps }: CorrectionFile,
  kind: "undo_proposed" | "undo_cancelled" | "undone" | "cancelled",
  { correctionId, holder, reason }: CorrectionToUndo,
  { clock }: CorrectionContext,
  done: Done | null = null,
): Promise<void> {
  const step = steps.length + 1;
  const taken = { correctionId, step, kind, takenAtMs: clock(), actor: holder, reason };
  const [preview, previewDigest] = [done?.planned.preview ?? null, done?.planned.digest ?? null];
  await writeCorrectionStep(tx, { ...taken, preview, previewDigest, postingIds: done?.postingIds ?? null });
  await writeCorrectionRecords(tx, { correctionId, step }, done?.planned.records ?? []);
}
