import type { RecordVersion } from "./record-version.ts";
import type { ReceiptOutcome } from "./refusal.ts";

/** The part of a version by which versions of one record are ordered and compared. */
export type VersionOrder = Pick<RecordVersion, "updateTimeMs" | "contentDigest" | "hoursHundredths">;

/**
 * The version that stands among the admitted ones that are not held: the latest update time; at the same update time
 * the fewest hours, then the smaller digest. It does not depend on the order in which they came.
 * Unreadable hours (a withdrawal) count as fewest. Source: platforms.md, rule 1.
 */
export function standingVersion<V extends VersionOrder>(versions: readonly V[]): V | null {
  let best: V | null = null;
  for (const version of versions) if (best === null || stands(version, best)) best = version;
  return best;
}

function stands(challenger: VersionOrder, holder: VersionOrder): boolean {
  if (challenger.updateTimeMs !== holder.updateTimeMs) return challenger.updateTimeMs > holder.updateTimeMs;
  const difference = (challenger.hoursHundredths ?? 0) - (holder.hoursHundredths ?? 0);
  return difference !== 0 ? difference < 0 : challenger.contentDigest < holder.contentDigest;
}

/**
 * The receipt of a version that is neither refused nor held, given the versions of the record that came before it
 * (held ones left out). Source: platforms.md, rule 1.
 */
export function receiptOutcome(earlier: readonly VersionOrder[], version: VersionOrder): ReceiptOutcome {
  const current = standingVersion(earlier);
  if (current === null) return "accepted";
  if (current.contentDigest === version.contentDigest) return "unchanged";
  const kept = earlier.some(
    (other) => other.updateTimeMs === version.updateTimeMs && other.contentDigest === version.contentDigest,
  );
  if (kept) return "unchanged";
  if (version.updateTimeMs > current.updateTimeMs) return "superseded";
  return version.updateTimeMs === current.updateTimeMs ? "conflict" : "history";
}
