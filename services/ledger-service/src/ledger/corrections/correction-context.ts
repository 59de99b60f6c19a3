import type { CorrectionKind } from "@xueshi/domain";
import type { PostingContext } from "../posting-context.ts";

/** What corrections need from outside. */
export interface CorrectionContext extends PostingContext {
  /** The kinds that another holder applies, and takes back, than the one that proposed it. */
  readonly fourEyes: ReadonlySet<CorrectionKind>;
}
