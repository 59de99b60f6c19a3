import { formatInstant, type Language } from "@xueshi/contracts/texts";
import { listOf, placeName } from "./names.ts";
import { say } from "./verb.ts";
import type { NothingAnswers } from "./why-nothing-answers.ts";

/** Why no rule answers, as lines for people. */
export function nothingWords(nothing: NothingAnswers, language: Language): string[] {
  const wording = { language };
  return [say(wording, "没有可适用的规定：", "No rule in force answers:"), `  ${reasonWords(nothing, language)}`];
}

function reasonWords(nothing: NothingAnswers, language: Language): string {
  const wording = { language };
  switch (nothing.why) {
    case "level_not_given":
      return say(wording, "规定按职称级别区分，请给出 --level。", "the rule depends on the level; give --level.");
    case "education_not_given":
      return say(
        wording,
        "规定按学历区分，请给出 --education。",
        "the rule depends on the education; give --education.",
      );
    case "inherited_rule_set_missing":
      return say(
        wording,
        `作答的行沿用规则集 ${nothing.ruleSet} 的规定，而该规则集未启用。`,
        `the row takes values from rule set ${nothing.ruleSet}, which is not in force.`,
      );
    case "place_without_rules": {
      const places = listOf(
        nothing.places.map((code) => placeName(code, language)),
        language,
      );
      return say(wording, `该地没有规则集；有规则的：${places}。`, `the place has no rule set; these have: ${places}.`);
    }
    case "not_known_yet": {
      const later = nothing.ruleSets.map(({ id, activatedAtMs }) => `${id} ${formatInstant(activatedAtMs)}`).join(", ");
      return say(wording, `当时尚未启用；后来启用的：${later}。`, `none was activated by then; later ones: ${later}.`);
    }
    case "year_without_rules":
      return say(
        wording,
        `该年度没有规则；有的：${years(nothing.ruleSets)}。`,
        `the year has no rules; there are: ${years(nothing.ruleSets)}.`,
      );
    case "no_row": {
      const asked = years(nothing.ruleSets);
      const rows = nothing.rowsOfKind.length === 0 ? "" : listOf(nothing.rowsOfKind, language);
      if (rows === "") {
        return say(
          wording,
          `已查 ${asked}，其中没有这类申报的行。`,
          `asked ${asked}: no row is for this kind of declaration.`,
        );
      }
      return say(
        wording,
        `已查 ${asked}，这类申报的行（${rows}）均不符合所给级别、系列或学历。`,
        `asked ${asked}: its rows of this kind (${rows}) are for another level, series or education.`,
      );
    }
  }
}

function years(
  ruleSets: readonly { readonly id: string; readonly years: { readonly from: number; readonly until: number } }[],
): string {
  return ruleSets
    .map(({ id, years: { from, until } }) => `${id} (${from === until ? from : `${from}–${until}`})`)
    .join(", ");
}
