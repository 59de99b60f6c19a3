import type { Vocabulary } from "@xueshi/domain";
import type { ValuePath, ValueProblem } from "./read-yaml.ts";
import type { RuleFile } from "./rule-file-schema.ts";

/** Words that the closed lists do not carry. Kept apart: a text activated years ago is read back without them. */
export function checkVocabulary(file: RuleFile, vocabulary: Vocabulary): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const look = (list: keyof Vocabulary, word: string, code: string, at: ValuePath): void => {
    if (vocabulary[list].some((term) => term.code === code)) return;
    problems.push({ at, message: `${word} "${code}" is not in vocabulary.yaml; add it there or correct it` });
  };
  look("places", "place", file.place, ["place"]);
  file.subjects.forEach((code, index) => {
    look("subjects", "subject", code, ["subjects", index]);
  });
  file.authorities.forEach((route, index) => {
    if (route.series === "*") return;
    route.series.forEach((code, position) => {
      look("series", "series", code, ["authorities", index, "series", position]);
    });
  });
  file.declarations.forEach((row, index) => {
    row.when.educations?.forEach((code, position) => {
      look("educations", "education", code, ["declarations", index, "when", "educations", position]);
    });
    row.when.series?.forEach((code, position) => {
      look("series", "series", code, ["declarations", index, "when", "series", position]);
    });
    if (row.answer === "delegated" && row.toPlace !== undefined) {
      look("places", "place", row.toPlace, ["declarations", index, "toPlace"]);
    }
  });
  return problems;
}
