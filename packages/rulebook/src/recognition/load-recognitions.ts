import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RecognitionRuleSet } from "@xueshi/domain";
import { digestText } from "../digest-text.ts";
import { RulebookError, type RulebookProblem } from "../rulebook-error.ts";
import { parseRecognition } from "./parse-recognition.ts";

/** One recognition file: its name, its text and the text's SHA-256, and what it says. */
export interface LoadedRecognition {
  readonly path: string;
  readonly text: string;
  readonly digest: string;
  readonly ruleSet: RecognitionRuleSet;
}

/** Where the recognition files stand in this package. */
const RECOGNITIONS_DIRECTORY = fileURLToPath(new URL("../../recognitions", import.meta.url));

/**
 * Reads every recognition file of a folder, in the order of their names. Throws RulebookError (`rulebook_invalid`) with
 * file and line when one is wrong, or when two have one id: hours are added by id, and two rules must not share a sum.
 */
export function loadRecognitions(directory: string = RECOGNITIONS_DIRECTORY): readonly LoadedRecognition[] {
  const files: LoadedRecognition[] = [];
  const problems: RulebookProblem[] = [];
  const paths = readdirSync(directory).filter((path) => path.endsWith(".yaml"));
  for (const path of paths.sort()) {
    const text = readFileSync(join(directory, path), "utf8");
    try {
      const ruleSet = parseRecognition(text, path);
      const other = files.find((each) => each.ruleSet.id === ruleSet.id);
      if (other !== undefined) {
        problems.push({ path, line: lineOfId(text), message: `id "${ruleSet.id}" is used by ${other.path}` });
      }
      files.push({ path, text, digest: digestText(text), ruleSet });
    } catch (error) {
      if (!(error instanceof RulebookError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new RulebookError(problems);
  return files;
}

function lineOfId(text: string): number {
  return text.split("\n").findIndex((line) => line.startsWith("id:")) + 1;
}
