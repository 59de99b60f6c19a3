import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleSet, Vocabulary } from "@xueshi/domain";
import { digestText } from "./digest-text.ts";
import { parseRuleSet } from "./parse-rule-set.ts";
import { parseVocabulary } from "./parse-vocabulary.ts";
import { RulebookError, type RulebookProblem } from "./rulebook-error.ts";

const VOCABULARY_PATH = "vocabulary.yaml";

/** One rule file: its path below the rules folder, its text and the text's SHA-256, and what it says. */
export interface RulebookFile {
  readonly path: string;
  readonly text: string;
  readonly digest: string;
  readonly ruleSet: RuleSet;
}

export interface Rulebook {
  /** In the order of their paths. */
  readonly files: readonly RulebookFile[];
  readonly vocabulary: Vocabulary;
}

/** Where the rule files stand in this package; a bundled program passes the folder it carries them in. */
export const RULES_DIRECTORY = fileURLToPath(new URL("../rules", import.meta.url));

/**
 * Reads every rule file and the closed lists. Throws RulebookError (`rulebook_invalid`) with file and line when a file
 * is wrong in itself, when two files carry one id, or when two would answer for the same place and year.
 */
export function loadRulebook(directory: string = RULES_DIRECTORY): Rulebook {
  const vocabulary = parseVocabulary(readFileSync(join(directory, VOCABULARY_PATH), "utf8"), VOCABULARY_PATH);
  const files: RulebookFile[] = [];
  const problems: RulebookProblem[] = [];
  for (const path of rulePaths(directory)) {
    const text = readFileSync(join(directory, path), "utf8");
    try {
      files.push({ path, text, digest: digestText(text), ruleSet: parseRuleSet(text, path, vocabulary) });
    } catch (error) {
      if (!(error instanceof RulebookError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...overlaps(files));
  if (problems.length > 0) throw new RulebookError(problems);
  return { files, vocabulary };
}

function rulePaths(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".yaml") && path !== VOCABULARY_PATH)
    .sort();
}

function overlaps(files: readonly RulebookFile[]): RulebookProblem[] {
  const problems: RulebookProblem[] = [];
  files.forEach(({ path, text, ruleSet }, index) => {
    for (const earlier of files.slice(0, index)) {
      const other = earlier.ruleSet;
      if (other.id === ruleSet.id) {
        problems.push({ path, line: lineOfKey(text, "id"), message: `id "${ruleSet.id}" is used by ${earlier.path}` });
      }
      const years = other.years.from <= ruleSet.years.until && ruleSet.years.from <= other.years.until;
      if (other.place === ruleSet.place && years) {
        const message = `answers for ${ruleSet.place} in years that ${earlier.path} answers for already`;
        problems.push({ path, line: lineOfKey(text, "years"), message });
      }
    }
  });
  return problems;
}

/** The line of a key at the top of a file that has been read without a problem. */
function lineOfKey(text: string, key: string): number {
  return text.split("\n").findIndex((line) => line.startsWith(`${key}:`)) + 1;
}
