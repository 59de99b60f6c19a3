import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { loadRulebook, RULES_DIRECTORY, type Rulebook, RulebookError } from "@xueshi/rulebook";
import { WrongUsage } from "./verb.ts";

/** A path as people would type it: from where they are, or whole when it leads out of there. */
export function shownPath(path: string, cwd: string): string {
  const from = relative(cwd, path);
  return from === "" || from.startsWith("..") || isAbsolute(from) ? path : from;
}

/** The folder of rule files that `--dir` names, or that of this repository. */
export function rulesFolder(dir: string | undefined, cwd: string): string {
  const folder = dir === undefined ? RULES_DIRECTORY : resolve(cwd, dir);
  if (existsSync(join(folder, "vocabulary.yaml"))) return folder;
  const shown = shownPath(folder, cwd);
  throw new WrongUsage(
    `${shown} 不是规则目录：其中没有 vocabulary.yaml。`,
    `${shown} is no folder of rule files: it has no vocabulary.yaml.`,
  );
}

/**
 * Loads the rulebook of a folder. Throws RulebookError, with paths as they are called from where the command was typed.
 */
export function openRulebook(folder: string, cwd: string): Rulebook {
  try {
    return loadRulebook(folder);
  } catch (error) {
    if (!(error instanceof RulebookError)) throw error;
    throw new RulebookError(
      error.problems.map(({ path, ...rest }) => ({ path: shownPath(join(folder, path), cwd), ...rest })),
    );
  }
}
