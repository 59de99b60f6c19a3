import type { DeclarationMatch } from "@xueshi/domain";
import { checkRow } from "./check-row.ts";
import { matchOf } from "./parse-row.ts";
import type { ValueProblem } from "./read-yaml.ts";
import type { RuleFile } from "./rule-file-schema.ts";

/** What is wrong between the values of one file: rows that never answer, doubled routes, overlapping dates. */
export function checkRuleFile(file: RuleFile): ValueProblem[] {
  return [
    ...checkYears(file),
    ...checkRows(file),
    ...checkAuthorities(file),
    ...checkSources(file),
    ...checkFreshness(file),
  ];
}

function checkYears({ years, subjects }: RuleFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  if (years.from > years.until) problems.push({ at: ["years"], message: "from must not be after until" });
  subjects.forEach((code, index) => {
    if (subjects.indexOf(code) === index) return;
    problems.push({ at: ["subjects", index], message: `subject "${code}" stands twice` });
  });
  return problems;
}

function checkRows(file: RuleFile): ValueProblem[] {
  const { declarations } = file;
  const problems: ValueProblem[] = [];
  declarations.forEach((row, index) => {
    const earlier = declarations.slice(0, index);
    if (earlier.some((other) => other.id === row.id)) {
      problems.push({ at: ["declarations", index, "id"], message: `id "${row.id}" is used by an earlier row` });
    }
    const covering = earlier.find((other) => covers(matchOf(other.when), matchOf(row.when)));
    if (covering !== undefined) {
      const message = `never answers: row "${covering.id}" before it matches the same declarations`;
      problems.push({ at: ["declarations", index, "when"], message });
    }
    if (row.answer === "requirements") problems.push(...checkRow(file, row, ["declarations", index]));
  });
  return problems;
}

/** Whether every declaration that the second matches is matched by the first. */
function covers(first: DeclarationMatch, second: DeclarationMatch): boolean {
  return (
    first.kind === second.kind &&
    coversList(first.levels, second.levels) &&
    coversList(first.educations, second.educations) &&
    coversSeries(first, second)
  );
}

function coversSeries({ series, exceptSeries }: DeclarationMatch, { series: others }: DeclarationMatch): boolean {
  return coversList(series, others) && !others?.some((code) => exceptSeries?.includes(code));
}

function coversList(first: readonly string[] | undefined, second: readonly string[] | undefined): boolean {
  return first === undefined || (second?.every((word) => first.includes(word)) ?? false);
}

function checkAuthorities({ authorities }: RuleFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const routed = new Set<string>();
  authorities.forEach((route, index) => {
    const codes = route.series === "*" ? ["*"] : route.series;
    for (const code of codes) {
      if (routed.has(code)) {
        problems.push({ at: ["authorities", index, "series"], message: `series "${code}" is routed twice` });
      }
      routed.add(code);
    }
    if ((route.mode === "not_connected") !== (route.platforms.length === 0)) {
      const message = "mode not_connected has no platforms, and every other mode has at least one";
      problems.push({ at: ["authorities", index, "platforms"], message });
    }
  });
  if (!routed.has("*")) {
    problems.push({ at: ["authorities"], message: 'one route must be for series "*", all that are not named' });
  }
  return problems;
}

function checkSources({ sources }: RuleFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  sources.forEach((entry, index) => {
    if (entry.until !== null && entry.until < entry.from) {
      problems.push({ at: ["sources", index, "until"], message: "must not be before from" });
    }
    const overlapping = sources
      .slice(0, index)
      .some(
        (other) =>
          other.source === entry.source &&
          (other.until === null || other.until >= entry.from) &&
          (entry.until === null || entry.until >= other.from),
      );
    if (overlapping) {
      problems.push({
        at: ["sources", index],
        message: `source "${entry.source}" has an earlier entry on some of these dates`,
      });
    }
  });
  return problems;
}

function checkFreshness({ freshness }: RuleFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  freshness.forEach((entry, index) => {
    if (freshness.findIndex((other) => other.platform === entry.platform) !== index) {
      problems.push({ at: ["freshness", index, "platform"], message: `platform "${entry.platform}" stands twice` });
    }
  });
  if (!freshness.some((entry) => entry.platform === "*")) {
    problems.push({ at: ["freshness"], message: 'one entry must be for platform "*", all that are not named' });
  }
  return problems;
}
