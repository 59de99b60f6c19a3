import { compareText } from "../values/text.ts";

/** One claim of a name for an id: the version that carries it. */
export interface NameClaim {
  readonly updateTimeMs: number;
  readonly source: string;
  readonly recordId: string;
  /** Normalised name. */
  readonly name: string;
}

/**
 * Orders claims of a name: the known name is that of the version with the smallest (update time, platform, id, name),
 * compared as strings after the time. Negative when `left` comes first. Source: platforms.md, rule 2.
 */
export function compareNameClaims(left: NameClaim, right: NameClaim): number {
  if (left.updateTimeMs !== right.updateTimeMs) return left.updateTimeMs - right.updateTimeMs;
  return (
    compareText(left.source, right.source) ||
    compareText(left.recordId, right.recordId) ||
    compareText(left.name, right.name)
  );
}
