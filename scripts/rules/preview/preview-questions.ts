import type { Declaration, DeclarationRule, LocalDate, RuleSet } from "@xueshi/domain";

/** What a person is called in a question that the ledger does not know: any value that no row singles out. */
const ANY_SERIES = "economics";
const ANY_EDUCATION = "college";

/**
 * The declarations that tell two versions of a rule set apart: for every row of either, each level, education and series
 * that it names, in each year of the draft, and one of the series that no row and no route names.
 * The ledger does not know what people will declare, so everybody is asked all of them.
 */
export function previewQuestions(draft: RuleSet, current: RuleSet | null, asOf: LocalDate): Declaration[] {
  const rows = [...draft.declarations, ...(current?.declarations ?? [])];
  const routed = draft.authorities.flatMap(({ series }) => (series === "*" ? [] : series.slice(0, 1)));
  const questions = new Map<string, Declaration>();
  for (const year of yearsOf(draft, asOf)) {
    for (const row of rows) {
      for (const question of questionsOf(row, draft.place, year, routed))
        questions.set(JSON.stringify(question), question);
    }
  }
  return [...questions.values()];
}

/** The first, the last, and that of `asOf`: what holds for many years is asked about few of them. */
function yearsOf({ years }: RuleSet, asOf: LocalDate): number[] {
  const asked = Math.min(years.until, Math.max(years.from, Number(asOf.slice(0, 4))));
  return [...new Set([years.from, asked, years.until])];
}

function questionsOf({ when }: DeclarationRule, place: string, year: number, routed: readonly string[]): Declaration[] {
  const levels = when.levels ?? [when.kind === "review" ? ("intermediate" as const) : null];
  const educations = when.educations ?? [ANY_EDUCATION];
  const series = when.series ?? [ANY_SERIES, ...routed];
  return levels.flatMap((level) =>
    educations.flatMap((education) =>
      series.map((code) => ({ place, year, kind: when.kind, level, series: code, education })),
    ),
  );
}
