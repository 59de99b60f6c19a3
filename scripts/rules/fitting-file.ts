import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import {
  checkRulebook,
  digestText,
  parseRuleSet,
  type Rulebook,
  RulebookError,
  type RulebookFile,
} from "@xueshi/rulebook";
import { shownPath } from "./open-rulebook.ts";
import { WrongUsage } from "./verb.ts";

/**
 * The rule file by its path or id, checked as it would stand among the others: in the place of the one with its id.
 * Throws RulebookError for what lint would refuse.
 */
export function fittingFile(asked: string, { files, vocabulary }: Rulebook, cwd: string): RulebookFile {
  const known = files.find(({ ruleSet }) => ruleSet.id === asked);
  const path = resolve(cwd, asked);
  if (!existsSync(path) || !statSync(path).isFile()) {
    if (known !== undefined) return known;
    throw new WrongUsage(
      `没有文件、也没有规则集叫“${asked}”；规则集见 pnpm rules list。`,
      `No file and no rule set is called "${asked}"; pnpm rules list shows the rule sets.`,
    );
  }
  const [text, shown] = [readFileSync(path, "utf8"), shownPath(path, cwd)];
  const file = { path: shown, text, digest: digestText(text), ruleSet: parseRuleSet(text, shown, vocabulary) };
  const others = files.filter(({ ruleSet }) => ruleSet.id !== file.ruleSet.id);
  const problems = checkRulebook([...others, file]);
  if (problems.length > 0) throw new RulebookError(problems);
  return file;
}
