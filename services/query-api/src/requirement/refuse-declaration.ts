import { declarationFieldError, type FieldError, type Language } from "@xueshi/contracts";
import { type Declaration, declarationProblem, findRule } from "@xueshi/domain";
import { VOCABULARY } from "@xueshi/rulebook";
import type { Knowledge } from "./knowledge.ts";

/**
 * Why a declaration cannot be asked about (422), or null. Besides the closed lists, which the schema has checked, it is
 * the rule set in force that says where education decides.
 */
export function refuseDeclaration(
  declaration: Declaration,
  knownAtMs: number,
  knowledge: Knowledge,
  language: Language,
): FieldError | null {
  const problem = declarationProblem(declaration, VOCABULARY, (asked) =>
    findRule(knowledge.ruleSets, asked, knownAtMs),
  );
  return problem === null ? null : declarationFieldError(problem, language);
}
