import type { Verdict } from "@xueshi/domain";
import type { Question } from "./question.ts";

/**
 * The decision of a kept verdict as canonical JSON (RFC 8785; every number is a safe integer): what was decided and from
 * what, without the verdict's id, the request's time and the language of its messages. Deciding the same question at
 * the same cut gives the same text for ever. The digest of the declared name is an input that the verdict does not show.
 */
export function canonicalDecision(verdict: Verdict, question: Pick<Question, "declaredNameDigest">): string {
  return canonicalJson({ ...verdict, declaredNameDigest: question.declaredNameDigest });
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
