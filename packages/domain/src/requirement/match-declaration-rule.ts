import type { Declaration, DeclarationRule } from "./rule-set.ts";

/** The facts of a declaration that choose a row. */
export type DeclarationFacts = Pick<Declaration, "kind" | "level" | "education" | "series">;

/**
 * The first row that a declaration matches. Where a row asks for a level or an education that the declaration leaves
 * out, no later row may answer in its place: the result is the name of the missing field. Null: no row holds.
 */
export function matchDeclarationRule(
  rows: readonly DeclarationRule[],
  declaration: DeclarationFacts,
): DeclarationRule | "level" | "education" | null {
  for (const row of rows) {
    const { kind, levels, educations, series, exceptSeries } = row.when;
    if (kind !== declaration.kind) continue;
    if (series?.includes(declaration.series) === false || exceptSeries?.includes(declaration.series)) continue;
    if (levels !== undefined) {
      if (declaration.level === null) return "level";
      if (!levels.includes(declaration.level)) continue;
    }
    if (educations !== undefined) {
      if (declaration.education === null) return "education";
      if (!educations.includes(declaration.education)) continue;
    }
    return row;
  }
  return null;
}
