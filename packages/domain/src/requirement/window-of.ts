import type { LocalDate } from "../values/local-date.ts";
import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { PersonFact } from "./requirement-rule.ts";
import { type ResolvedWindow, resolveWindow } from "./resolve-window.ts";
import type { Declaration } from "./rule-set.ts";

/**
 * The window of a row for a declaration, or the fact about the person that it needs and that was not given. Most
 * windows depend on the declaration year alone; those are resolved once.
 */
export function windowOf(
  row: CompiledAnsweredRule,
  declaration: Declaration,
  asOf: LocalDate,
): ResolvedWindow | PersonFact {
  const { rule, ruleSet, windowsByYear } = row;
  const { window, start, grants } = rule;
  const question = { declaration, asOf, yearStartsOn: ruleSet.yearStartsOn, start, grants };
  const isOfYear = window.kind === "years" || window.kind === "since_year";
  if (!isOfYear || start !== null || (declaration.grants ?? []).length > 0) return resolveWindow(window, question);
  const known = windowsByYear.get(declaration.year);
  if (known !== undefined) return known;
  const resolved = resolveWindow(window, question);
  // Declaration years are few: a rule set holds for some, and answers for no other.
  if (typeof resolved !== "string") windowsByYear.set(declaration.year, resolved);
  return resolved;
}
