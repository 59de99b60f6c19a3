import type { DeclarationMatch, Vocabulary } from "@xueshi/domain";
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

/** Words that the closed lists do not carry. Kept apart: a text activated years ago is read back without them. */
export function checkVocabulary(file: RuleFile, vocabulary: Vocabulary): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const series = new Set(vocabulary.series.map((term) => term.code));
  const educations = new Set(vocabulary.educations.map((term) => term.code));
  file.authorities.forEach((route, index) => {
    if (route.series === "*") return;
    route.series.forEach((code, position) => {
      if (series.has(code)) return;
      const at = ["authorities", index, "series", position];
      problems.push({ at, message: `series "${code}" is not in vocabulary.yaml; add it there or correct it` });
    });
  });
  file.declarations.forEach((row, index) => {
    row.when.educations?.forEach((code, position) => {
      if (educations.has(code)) return;
      const at = ["declarations", index, "when", "educations", position];
      problems.push({ at, message: `education "${code}" is not in vocabulary.yaml; add it there or correct it` });
    });
  });
  return problems;
}

function checkYears({ years }: RuleFile): ValueProblem[] {
  return years.from <= years.until ? [] : [{ at: ["years"], message: "from must not be after until" }];
}

function checkRows({ declarations }: RuleFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  declarations.forEach((row, index) => {
    const earlier = declarations.slice(0, index);
    if (earlier.some((other) => other.id === row.id)) {
      problems.push({ at: ["declarations", index, "id"], message: `id "${row.id}" is used by an earlier row` });
    }
    const covering = earlier.find((other) => covers(other.when, row.when));
    if (covering !== undefined) {
      const message = `never answers: row "${covering.id}" before it matches the same declarations`;
      problems.push({ at: ["declarations", index, "when"], message });
    }
    if (row.answer === "delegated") return;
    row.requirements.forEach((requirement, position) => {
      if (row.requirements.findIndex((other) => other.id === requirement.id) === position) return;
      const at = ["declarations", index, "requirements", position, "id"];
      problems.push({ at, message: `requirement "${requirement.id}" stands twice in this row` });
    });
  });
  return problems;
}

/** Whether every declaration that the second matches is matched by the first. */
function covers(first: DeclarationMatch, second: DeclarationMatch): boolean {
  return (
    first.kind === second.kind &&
    coversList(first.levels, second.levels) &&
    coversList(first.educations, second.educations)
  );
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
