import type { ReplayCode } from "@xueshi/contracts";

/** One thing that is not as it was kept: why, where, and what both sides say. */
export interface ReplayDifference {
  readonly code: ReplayCode;
  readonly path: string;
  readonly kept: unknown;
  readonly replayed: unknown;
}

/** A kept verdict decided again at its cut. */
export interface Replay {
  /** `not_replayable`: nothing is wrong as far as can be seen, and too little was kept to decide it again. */
  readonly outcome: "same" | "different" | "not_replayable";
  /** Why it is not `same`; of several reasons the first, which is the most telling. */
  readonly code: ReplayCode | null;
  readonly differences: readonly ReplayDifference[];
}
