import type { CorrectionState } from "@xueshi/contracts";
import {
  type CorrectionPreview,
  type CorrectionRow,
  type CorrectionStepRow,
  type CorrectionSubject,
  lockCorrection,
  readCorrection,
  readCorrectionSteps,
  type Sql,
  type Transaction,
} from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";

/** A correction with all that happened to it. */
export interface CorrectionFile {
  readonly correction: CorrectionRow;
  readonly steps: readonly CorrectionStepRow[];
  readonly state: CorrectionState;
  /** The newest preview. */
  readonly seen: CorrectionStepRow & { readonly preview: CorrectionPreview; readonly previewDigest: string };
}

/** How far a correction is by the steps that were taken, in their order. */
export function stateOf(steps: readonly Pick<CorrectionStepRow, "kind">[]): CorrectionState {
  let state: CorrectionState = "proposed";
  for (const { kind } of steps) {
    if (kind === "undo_cancelled") state = "applied";
    else if (kind !== "previewed") state = kind;
  }
  return state;
}

export function fileOf(correction: CorrectionRow, steps: readonly CorrectionStepRow[]): CorrectionFile {
  const seen = steps.findLast((one) => one.preview !== null) as CorrectionFile["seen"] | undefined;
  if (seen === undefined) throw new Error("a correction has a preview from the beginning");
  return { correction, steps, state: stateOf(steps), seen };
}

/** Which correction is asked for, and of which sort it must be. */
export interface AskedFile {
  readonly correctionId: string;
  readonly of: CorrectionSubject;
}

/** Throws `correction_not_found`, of sets of records `duplicate_decision_not_found`. */
export async function readCorrectionFile(
  tx: Sql | Transaction,
  { correctionId, of }: AskedFile,
): Promise<CorrectionFile> {
  const correction = await readCorrection(tx, correctionId);
  if (correction === null || (correction.recordSets === null) !== (of === "records")) {
    throw new HttpProblem(of === "records" ? "correction_not_found" : "duplicate_decision_not_found");
  }
  return fileOf(correction, await readCorrectionSteps(tx, [correctionId]));
}

/** The same, held by this transaction until it ends: nobody else moves the correction on meanwhile. */
export async function holdCorrection(tx: Transaction, asked: AskedFile): Promise<CorrectionFile> {
  await lockCorrection(tx, asked.correctionId);
  return readCorrectionFile(tx, asked);
}
