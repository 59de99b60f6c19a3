import {
  type CapResult,
  formatHours,
  hoursToNumber,
  type LocalDate,
  type RequirementResult,
  type Selection,
  type YearlyResult,
} from "@xueshi/domain";
import { renderText } from "../catalogue/render-text.ts";
import { CAP_TEXT, REQUIREMENT_TEXTS, SUBJECT_TITLES } from "../catalogue/verdicts.ts";
import type { Language } from "../language.ts";
import type { VerdictResponse } from "../schemas/verdict.ts";

type Presented = VerdictResponse["requirements"][number];

/** What a requirement says of itself, whoever is asked about: the same objects in every answer. */
interface FixedParts {
  readonly selection: ReturnType<typeof presentSelection>;
  readonly ratio: { readonly of: ReturnType<typeof presentSelection>; readonly share: string } | undefined;
  readonly source: Pick<Presented, "citation" | "quote" | "provenance" | "layer" | "ruleSet" | "overrode">;
}

const fixedByOrigin = new WeakMap<RequirementResult["origin"], Map<RequirementResult["rule"], FixedParts>>();

function fixedParts({ rule, origin }: RequirementResult): FixedParts {
  const byRule = fixedByOrigin.get(origin) ?? new Map<RequirementResult["rule"], FixedParts>();
  fixedByOrigin.set(origin, byRule);
  const known = byRule.get(rule);
  if (known !== undefined) return known;
  const { numerator, denominator } = rule.kind === "ratio" ? rule : { numerator: 0, denominator: 0 };
  const parts: FixedParts = {
    selection: presentSelection(rule),
    ratio: rule.kind === "ratio" ? { of: presentSelection(rule.of), share: `${numerator}/${denominator}` } : undefined,
    source: {
      citation: { document: rule.citation.document, clause: rule.citation.clause },
      ...(rule.quote !== undefined && { quote: rule.quote }),
      provenance: rule.provenance,
      layer: origin.layer,
      ruleSet: origin.ruleSet,
      ...(origin.overrode.length > 0 && { overrode: origin.overrode.map(presentOverridden) }),
    },
  };
  byRule.set(rule, parts);
  return parts;
}

function presentOverridden({ ruleSet, layer, rule }: RequirementResult["origin"]["overrode"][number]) {
  const { document, clause } = rule.citation;
  const need = rule.kind === "floor" ? hoursToNumber(rule.needHundredths) : null;
  return { ruleSet, layer, need, citation: { document, clause } };
}

/** One requirement as JSON: the numbers, the clause in its own words, and a sentence for people. */
export function presentRequirement(result: RequirementResult, asOf: LocalDate, language: Language): Presented {
  const { rule, years } = result;
  const { selection, ratio, source } = fixedParts(result);
  return {
    id: rule.id,
    kind: rule.kind,
    over: rule.span?.over ?? "window",
    ...selection,
    ...ratio,
    have: hoursToNumber(result.haveHundredths),
    need: hoursToNumber(result.needHundredths),
    gap: hoursToNumber(result.gapHundredths),
    outcome: result.outcome,
    message: requirementMessage(result, asOf, language),
    until: result.until,
    ...(years === null ? undefined : { years: years.map(presentYearly) }),
    ...source,
  };
}

function presentYearly({ year, haveHundredths, needHundredths, gapHundredths }: YearlyResult) {
  return {
    year,
    have: hoursToNumber(haveHundredths),
    need: hoursToNumber(needHundredths),
    gap: hoursToNumber(gapHundredths),
  };
}

export function presentCap(
  { rule, countedHundredths, cutHundredths }: CapResult,
  language: Language,
): NonNullable<VerdictResponse["caps"]>[number] {
  const [most, counted, cut] = [rule.mostHundredths, countedHundredths, cutHundredths];
  return {
    id: rule.id,
    per: rule.per,
    ...presentSelection(rule),
    most: hoursToNumber(most),
    counted: hoursToNumber(counted),
    cut: hoursToNumber(cut),
    message: renderText(CAP_TEXT[language], {
      title: titleOf(rule, language),
      most: formatHours(most),
      counted: formatHours(counted),
      cut: formatHours(cut),
    }),
    citation: { document: rule.citation.document, clause: rule.citation.clause },
    provenance: rule.provenance,
  };
}

function presentSelection({ subjects, pathways, assessed }: Selection): {
  subjects: "all" | string[];
  pathways?: string[];
  assessed?: true;
} {
  return {
    subjects: subjects as "all" | string[],
    ...(pathways !== undefined && { pathways: pathways as string[] }),
    ...(assessed !== undefined && { assessed }),
  };
}

function requirementMessage(result: RequirementResult, asOf: LocalDate, language: Language): string {
  const template = result.outcome === "met" ? "met" : result.until < asOf ? "too_late" : "not_met";
  return renderText(REQUIREMENT_TEXTS[template][language], {
    title: titleOf(result.rule, language),
    have: formatHours(result.haveHundredths),
    need: formatHours(result.needHundredths),
    gap: formatHours(result.gapHundredths),
    until: result.until,
    ...(result.years !== null && { yearly: yearlyNote(result.years, language) }),
  });
}

/** That each year binds, and what each year lacks that lacks something. */
function yearlyNote(years: readonly YearlyResult[], language: Language): string {
  const short = years
    .filter(({ gapHundredths }) => gapHundredths > 0)
    .map(({ year, gapHundredths }) => {
      const gap = formatHours(gapHundredths);
      return language === "en" ? `${gap} short in ${year}` : `${year} 年差 ${gap}`;
    });
  return [language === "en" ? "each year" : "每年", ...short].join(language === "en" ? "; " : "；");
}

const titles = new WeakMap<Selection, Map<Language, string>>();

/** How the hours of a selection are called: the subjects, then the pathways, then whether an assessment is asked. */
export function titleOf(selection: Selection, language: Language): string {
  const byLanguage = titles.get(selection) ?? new Map<Language, string>();
  titles.set(selection, byLanguage);
  const known = byLanguage.get(language);
  if (known !== undefined) return known;
  const title = composeTitle(selection, language);
  byLanguage.set(language, title);
  return title;
}

function composeTitle({ subjects, pathways, assessed }: Selection, language: Language): string {
  const codes = subjects === "all" ? ["all"] : isCommonGroup(subjects) ? ["common"] : subjects;
  const names = codes.map((code) => SUBJECT_TITLES[code]?.[language] ?? code);
  const narrower = [
    ...(pathways ?? []),
    ...(assessed === undefined ? [] : [language === "en" ? "assessed" : "考核合格"]),
  ];
  const [joint, open, close] = language === "en" ? [", ", " (", ")"] : ["、", "（", "）"];
  return `${names.join(joint)}${narrower.length === 0 ? "" : `${open}${narrower.join(joint)}${close}`}`;
}

function isCommonGroup(subjects: readonly string[]): boolean {
  return subjects.length === 2 && subjects.includes("industry_common") && subjects.includes("general_common");
}
