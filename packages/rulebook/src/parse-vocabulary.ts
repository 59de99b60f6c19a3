import type { Vocabulary, VocabularyTerm } from "@xueshi/domain";
import { readYaml, type ValueProblem } from "./read-yaml.ts";
import { vocabularySchema } from "./rule-file-schema.ts";

/** Reads the closed lists. Throws RulebookError (`rulebook_invalid`) with file and line of every problem. */
export function parseVocabulary(text: string, path = "vocabulary"): Vocabulary {
  return readYaml(text, path, vocabularySchema, (value) => [
    ...repeated("series", value.series),
    ...repeated("educations", value.educations),
    ...repeated("subjects", value.subjects),
    ...repeated("places", value.places),
  ]);
}

function repeated(list: string, terms: readonly VocabularyTerm[]): ValueProblem[] {
  const problems: ValueProblem[] = [];
  terms.forEach((term, index) => {
    if (terms.findIndex((other) => other.code === term.code) === index) return;
    problems.push({ at: [list, index, "code"], message: `"${term.code}" stands twice in ${list}` });
  });
  return problems;
}
