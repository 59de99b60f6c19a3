import type { ActivatedRuleSet, Declaration, DeclarationRule, LocalDate, RuleSet, Vocabulary } from "@xueshi/domain";

/** The education in a question where no row asks for one: the ledger does not know it. */
const ANY_EDUCATION = "college";

/** What the draft is compared with. */
export interface PreviewGround {
  readonly draft: RuleSet;
  /** The text that it would replace, or null. */
  readonly current: RuleSet | null;
  /** Every rule set in force, the current text included. */
  readonly active: readonly ActivatedRuleSet[];
  readonly vocabulary: Pick<Vocabulary, "series">;
  readonly asOf: LocalDate;
}

/**
 * The declarations that tell the draft from what is in force: for every row of either text, and of the rule sets that
 * delegate to its place or inherit from it, each level, education and series that it names; where a row names no series,
 * one that no rule of the place names, and one of each route. Asked in the first and last year of either text, the years
 * beside them, and that of `asOf`. The ledger does not know what people will declare, so everybody is asked all of them.
 */
export function previewQuestions(ground: PreviewGround): Declaration[] {
  const { draft, current } = ground;
  const questions = new Map<string, Declaration>();
  for (const ruleSet of [draft, ...(current === null ? [] : [current]), ...resting(ground)]) {
    const series = seriesOf(ruleSet, ground);
    for (const year of yearsOf(ground)) {
      for (const row of ruleSet.declarations) {
        for (const question of questionsOf(row, ruleSet.place, year, series)) {
          questions.set(JSON.stringify(question), question);
        }
      }
    }
  }
  return [...questions.values()];
}

/** Rule sets of other ids whose answers can change with the draft. */
function resting({ draft, active }: PreviewGround): RuleSet[] {
  const newest = new Map(active.map(({ ruleSet }) => [ruleSet.id, ruleSet]));
  newest.delete(draft.id);
  return [...newest.values()].filter(({ declarations }) =>
    declarations.some((row) =>
      row.answer === "delegated" ? row.toPlace === draft.place : row.inherits?.ruleSet === draft.id,
    ),
  );
}

function yearsOf({ draft, current, asOf }: PreviewGround): number[] {
  const ranges = [draft.years, ...(current === null ? [] : [current.years])];
  const [first, last] = [Math.min(...ranges.map(({ from }) => from)), Math.max(...ranges.map(({ until }) => until))];
  const asked = Math.min(last, Math.max(first, Number(asOf.slice(0, 4))));
  return [...new Set([...ranges.flatMap(({ from, until }) => [from, until]), first - 1, asked, last + 1])].sort();
}

/** For rows that hold for every series: one that no rule of the place names, and one of each route. */
function seriesOf(ruleSet: RuleSet, { draft, active, vocabulary }: PreviewGround): string[] {
  const beside = active.map((each) => each.ruleSet).filter(({ place }) => place === ruleSet.place);
  const named = new Set(
    [draft, ...beside].flatMap(({ declarations }) => declarations.flatMap(({ when }) => when.series ?? [])),
  );
  const routes = ruleSet.authorities.flatMap(({ series }) => (series === "*" ? [] : [series]));
  const routed = new Set(routes.flat());
  const kept = new Set(ruleSet.declarations.flatMap(({ when }) => when.exceptSeries ?? []));
  const plain = vocabulary.series.find(({ code }) => !named.has(code) && !routed.has(code) && !kept.has(code));
  return [...(plain === undefined ? [] : [plain.code]), ...routes.flatMap((route) => route.slice(0, 1))];
}

function questionsOf(
  { when }: DeclarationRule,
  place: string,
  year: number,
  anySeries: readonly string[],
): Declaration[] {
  const levels = when.levels ?? [when.kind === "review" ? ("intermediate" as const) : null];
  const educations = when.educations ?? [ANY_EDUCATION];
  const series = when.series ?? anySeries;
  return levels.flatMap((level) =>
    educations.flatMap((education) =>
      series.map((code) => ({ place, year, kind: when.kind, level, series: code, education })),
    ),
  );
}
