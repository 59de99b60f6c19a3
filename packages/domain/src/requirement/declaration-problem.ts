import type { CompiledRule } from "./compile-rule.ts";
import type { FoundRule, NoRule } from "./find-rule.ts";
import {
  type Declaration,
  type DeclarationKind,
  type DeclarationLevel,
  type DeclaredGrant,
  KINDS,
  LEVELS,
  type Vocabulary,
  type VocabularyTerm,
} from "./rule-set.ts";

/** A declaration as it was asked: the right shapes, but words that may be outside the closed lists. */
export interface DeclarationClaim {
  readonly place: string;
  readonly year: number;
  readonly kind: string;
  readonly level: string | null;
  readonly series: string;
  readonly education: string | null;
  readonly grants?: readonly DeclaredGrant[];
}

const DECLARATION_PROBLEM_CODES = [
  "kind_unknown",
  "level_unknown",
  "level_required",
  "series_unknown",
  "education_unknown",
  "education_required",
  "grant_unknown",
  "grant_repeated",
] as const;
export type DeclarationProblemCode = (typeof DECLARATION_PROBLEM_CODES)[number];

export interface DeclarationProblem {
  readonly field: "kind" | "level" | "series" | "education" | "grants";
  readonly code: DeclarationProblemCode;
  /** Every value that the field accepts. */
  readonly allowed: readonly string[];
}

/**
 * Why a declaration cannot be asked at all (the API answers 422), or null; the claim is then a {@link Declaration}.
 * `findRuleOf` looks for the row that answers, whose search says where level or education decides. That there is none
 * is no problem here, because such a declaration is answered `unknown: no_rule_in_force`.
 * Codes: kind_unknown, level_unknown, level_required (kind review), series_unknown, education_unknown,
 * education_required, grant_unknown, grant_repeated.
 */
export function declarationProblem(
  claim: DeclarationClaim,
  vocabulary: Vocabulary,
  findRuleOf: (declaration: Declaration) => FoundRule | NoRule,
): DeclarationProblem | null {
  const { kind, level, series, education } = claim;
  if (!isKind(kind)) return { field: "kind", code: "kind_unknown", allowed: KINDS };
  if (level !== null && !isLevel(level)) return { field: "level", code: "level_unknown", allowed: LEVELS };
  if (level === null && kind === "review") return { field: "level", code: "level_required", allowed: LEVELS };
  if (!holds(vocabulary.series, series)) {
    return { field: "series", code: "series_unknown", allowed: codesOf(vocabulary.series) };
  }
  if (education !== null && !holds(vocabulary.educations, education)) {
    return { field: "education", code: "education_unknown", allowed: codesOf(vocabulary.educations) };
  }
  const rule = findRuleOf({ ...claim, kind, level });
  if (rule.found === "rule") return grantProblem(claim.grants ?? [], rule.row);
  if (rule.missing === "level") return { field: "level", code: "level_required", allowed: LEVELS };
  if (rule.missing === "education") {
    return { field: "education", code: "education_required", allowed: codesOf(vocabulary.educations) };
  }
  return null;
}

/** A grant that the rules do not know would change nothing in silence, and two for one year contradict each other. */
function grantProblem(declared: readonly DeclaredGrant[], row: CompiledRule): DeclarationProblem | null {
  if (row.answer === "delegated") return null;
  const allowed = row.rule.grants.map(({ code }) => code);
  if (declared.some(({ code }) => !allowed.includes(code))) return { field: "grants", code: "grant_unknown", allowed };
  const years = new Set(declared.map(({ year }) => year));
  return years.size === declared.length ? null : { field: "grants", code: "grant_repeated", allowed };
}

function isKind(text: string): text is DeclarationKind {
  return (KINDS as readonly string[]).includes(text);
}

function isLevel(text: string): text is DeclarationLevel {
  return (LEVELS as readonly string[]).includes(text);
}

function holds(terms: readonly VocabularyTerm[], code: string): boolean {
  return terms.some((term) => term.code === code);
}

function codesOf(terms: readonly VocabularyTerm[]): readonly string[] {
  return terms.map((term) => term.code);
}
