import type { CorrectionRow } from "@xueshi/database";
import type { PostingContext } from "../posting-context.ts";

/** What corrections need from outside. */
export interface CorrectionContext extends PostingContext {
  /** The kinds that another holder applies, and takes back, than the one that proposed it. */
  readonly fourEyes: ReadonlySet<CorrectionRow["kind"]>;
}

/** Who decides what, and how it is told in entries. */
export interface Deciding {
  readonly correction: CorrectionRow;
  readonly actor: string;
  readonly note: string;
  readonly nowMs: number;
}

/** Who takes back what, and why. */
export interface Undeciding extends Deciding {
  readonly undoId: string;
  readonly reason: string;
}
