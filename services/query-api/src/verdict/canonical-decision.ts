import type { Verdict } from "@xueshi/domain";
import type { KnownInputs } from "./known-inputs.ts";

/**
 * Version of what a decision holds besides the verdict; absent in those of before there was one, which lack `known`. The
 * verdict's own version is `cut.format`.
 */
export const DECISION_FORMAT = 1;

/** What a verdict was decided from and does not show. */
export interface DecisionInputs {
  /** Keyed digest of the name that was given, or null. */
  readonly declaredNameDigest: string | null;
  /** Null in a decision from before these were kept. */
  readonly known: KnownInputs | null;
}

/**
 * The decision of a kept verdict as canonical JSON (RFC 8785; every number is a safe integer): what was decided and from
 * what, without the verdict's id, the request's time and the language of its messages. Deciding the same question at
 * the same cut gives the same text for ever.
 */
export function canonicalDecision(verdict: Verdict, { declaredNameDigest, known }: DecisionInputs): string {
  const added = known === null ? {} : { decisionFormat: DECISION_FORMAT, known };
  return canonicalJson({ ...verdict, declaredNameDigest, ...added });
}

/** Members sorted by UTF-16 code units, no spaces; what is undefined is left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
