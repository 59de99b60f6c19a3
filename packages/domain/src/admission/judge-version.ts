import { isKnownName, type KnownNames, type NameVariantPolicy } from "./name-knowledge.ts";
import { isHeldAsImplausible } from "./plausibility.ts";
import type { RecordVersion } from "./record-version.ts";
import type { HoldCode } from "./refusal.ts";
import { isContentAccepted, type RowDecision, voidingDecision } from "./row-decision.ts";

/** The part of a version by which it is judged beside others. */
export type JudgedVersion = Pick<
  RecordVersion,
  "practitionerId" | "nameDigest" | "nameVariantDigest" | "updateTimeMs" | "contentDigest" | "flags" | "voidedBy"
>;

/** What is known when a version is judged. */
export interface JudgingContext {
  readonly knownNames: (practitionerId: string) => KnownNames | undefined;
  readonly nameVariants: NameVariantPolicy;
  /** The decisions in force of the version's record. */
  readonly decisions: readonly RowDecision[];
}

/** How a stored version takes part: it is left out by a decision, held for a reason, or admitted. */
export type VersionJudgement = "voided" | "admitted" | HoldCode;

/**
 * Judges a stored version by what is known now. The name comes before plausibility, so a row that is both waits for its
 * name first. Source: platforms.md, rules 2 and 9.
 */
export function judgeVersion(version: JudgedVersion, context: JudgingContext): VersionJudgement {
  if (version.voidedBy !== null || voidingDecision(version, context.decisions) !== null) return "voided";
  const known = context.knownNames(version.practitionerId);
  if (!isKnownName(version, known, context.nameVariants)) return "identity_conflict";
  if (!isHeldAsImplausible(version)) return "admitted";
  return isContentAccepted(version.contentDigest, context.decisions) ? "admitted" : "implausible";
}
