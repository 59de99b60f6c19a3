import type { CorrectionState } from "@xueshi/contracts";
import {
  type CorrectionPreview,
  type CorrectionRow,
  type CorrectionStepRow,
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

/** Throws `correction_not_found`. */
export async function readCorrectionFile(tx: Sql | Transaction, correctionId: string): Promise<CorrectionFile> {
  const correction = await readCorrection(tx, correctionId);
  if (correction === null) throw new HttpProblem("correction_not_found");
  return fileOf(correction, await readCorrectionSteps(tx, [correctionId]));
}

/** The same, held by this transaction until it ends: nobody else moves the correction on meanwhile. */
export async function holdCorrection(tx: Transaction, correctionId: string): Promise<CorrectionFile> {
  await lockCorrection(tx, correctionId);
  return readCorrectionFile(tx, correctionId);
}
