import type { ActivatedRuleSet, Declaration, LocalDate } from "@xueshi/domain";

/** A declaration, the day of the check, and by when rules must have been known. */
export interface AnswerQuestion {
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  readonly knownAtMs: number;
}

interface OnFile {
  readonly id: string;
  readonly years: { readonly from: number; readonly until: number };
}

/** Why no row answers. */
export type NothingAnswers = { readonly answer: "nothing" } & (
  | { readonly why: "level_not_given" | "education_not_given" }
  /** A row takes values from a rule set that is not there, or not yet. */
  | { readonly why: "inherited_rule_set_missing"; readonly ruleSet: string }
  | { readonly why: "place_without_rules"; readonly places: readonly string[] }
  | {
      readonly why: "not_known_yet";
      readonly ruleSets: readonly { readonly id: string; readonly activatedAtMs: number }[];
    }
  | { readonly why: "year_without_rules"; readonly ruleSets: readonly OnFile[] }
  /** The rule sets in force for the year have no row for such a declaration. */
  | { readonly why: "no_row"; readonly ruleSets: readonly OnFile[]; readonly rowsOfKind: readonly string[] }
);

export function whyNothingAnswers(
  ruleSets: readonly ActivatedRuleSet[],
  { declaration: { place, year, kind }, knownAtMs }: AnswerQuestion,
  missing: string | null,
): NothingAnswers {
  const answer = "nothing";
  if (missing === "level" || missing === "education") return { answer, why: `${missing}_not_given` };
  if (missing !== null) return { answer, why: "inherited_rule_set_missing", ruleSet: missing };
  const here = ruleSets.filter(({ ruleSet }) => ruleSet.place === place);
  const known = here.filter(({ activatedAtMs }) => activatedAtMs <= knownAtMs);
  if (here.length === 0) {
    return {
      answer,
      why: "place_without_rules",
      places: [...new Set(ruleSets.map(({ ruleSet }) => ruleSet.place))].sort(),
    };
  }
  const coversYear = ({ ruleSet: { years } }: ActivatedRuleSet) => years.from <= year && year <= years.until;
  const inForce = known.filter(coversYear);
  if (inForce.length > 0) {
    const rows = inForce.flatMap(({ ruleSet }) => ruleSet.declarations.filter(({ when }) => when.kind === kind));
    return { answer, why: "no_row", ruleSets: onFile(inForce), rowsOfKind: rows.map(({ id }) => id) };
  }
  const later = here.filter(coversYear);
  if (later.length > 0) {
    const named = later.map(({ ruleSet, activatedAtMs }) => ({ id: ruleSet.id, activatedAtMs }));
    return { answer, why: "not_known_yet", ruleSets: named };
  }
  return { answer, why: "year_without_rules", ruleSets: onFile(known) };
}

function onFile(active: readonly ActivatedRuleSet[]): OnFile[] {
  const byId = new Map(active.map(({ ruleSet: { id, years } }): [string, OnFile] => [id, { id, years }]));
  return [...byId.values()];
}
