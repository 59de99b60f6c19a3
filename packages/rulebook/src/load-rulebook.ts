import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleSet, Vocabulary } from "@xueshi/domain";
import { checkRulebook } from "./check-rulebook.ts";
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
 * is wrong in itself or does not fit the others: see `checkRulebook`.
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
  problems.push(...checkRulebook(files));
  if (problems.length > 0) throw new RulebookError(problems);
  return { files, vocabulary };
}

function rulePaths(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".yaml") && path !== VOCABULARY_PATH)
    .sort();
}
