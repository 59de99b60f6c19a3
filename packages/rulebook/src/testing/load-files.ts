import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadRulebook, RULES_DIRECTORY } from "../load-rulebook.ts";
import { RulebookError, type RulebookProblem } from "../rulebook-error.ts";

/** What is wrong with rule files that stand in one folder beside the real closed lists; empty where nothing is. */
export function problemsOfFiles(files: Readonly<Record<string, string>>): readonly RulebookProblem[] {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  const vocabulary = readFileSync(join(RULES_DIRECTORY, "vocabulary.yaml"), "utf8");
  try {
    for (const [path, text] of Object.entries({ "vocabulary.yaml": vocabulary, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    loadRulebook(folder);
  } catch (error) {
    if (error instanceof RulebookError) return error.problems;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return [];
}
