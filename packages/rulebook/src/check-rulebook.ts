import { AS_REGISTERED, type DeclarationMatch, type RuleSet } from "@xueshi/domain";
import { checkInheritance } from "./check-inheritance.ts";
import { lineInText } from "./read-yaml.ts";
import type { RulebookProblem } from "./rulebook-error.ts";

/** A rule file that is right in itself. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
  readonly ruleSet: RuleSet;
}

/**
 * What is wrong between files: one id twice, two that would answer the same declaration from the same layer, years that
 * no file of a line answers for, what rows inherit, and a recognition rule set under which no hours are posted.
 */
export function checkRulebook(files: readonly ReadFile[]): RulebookProblem[] {
  return files.flatMap((file, index) => [
    ...checkAgainstEarlier(file, files.slice(0, index)),
    ...checkGap(file, files),
    ...checkRecognition(file),
    ...file.ruleSet.declarations.flatMap((_, row) => checkRow(file, row, files)),
  ]);
}

function checkAgainstEarlier({ path, text, ruleSet }: ReadFile, earlier: readonly ReadFile[]): RulebookProblem[] {
  const problems: RulebookProblem[] = [];
  for (const { path: otherPath, ruleSet: other } of earlier) {
    if (other.id === ruleSet.id) {
      problems.push({ path, line: lineInText(text, ["id"]), message: `id "${ruleSet.id}" is used by ${otherPath}` });
    }
    if (
      sameLine(ruleSet, other) &&
      other.years.from <= ruleSet.years.until &&
      ruleSet.years.from <= other.years.until
    ) {
      const message = `answers for ${ruleSet.place} in years that ${otherPath} answers for already`;
      problems.push({ path, line: lineInText(text, ["years"]), message });
    }
  }
  return problems;
}

/** Two rule sets of one place and layer that would both answer some declaration. Series and professions stand side by side. */
function sameLine(one: RuleSet, other: RuleSet): boolean {
  if (one.place !== other.place || one.layer !== other.layer) return false;
  if (one.layer !== "series" && one.layer !== "profession") return true;
  return one.declarations.some((row) => other.declarations.some((each) => meet(row.when, each.when)));
}

function meet(one: DeclarationMatch, other: DeclarationMatch): boolean {
  return (
    one.kind === other.kind &&
    shareWord(one.levels, other.levels) &&
    shareWord(one.educations, other.educations) &&
    shareSeries(one, other)
  );
}

function shareSeries(one: DeclarationMatch, other: DeclarationMatch): boolean {
  const [named, beside] = one.series === undefined ? [other, one] : [one, other];
  if (beside.series !== undefined) return shareWord(one.series, other.series);
  return named.series?.some((code) => !beside.exceptSeries?.includes(code)) ?? true;
}

function shareWord(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((word) => other.includes(word));
}

/** Years between a file and the one before it of the same line; a file may say why there is no rule for them. */
function checkGap({ path, text, ruleSet }: ReadFile, files: readonly ReadFile[]): RulebookProblem[] {
  const line = files.filter((file) => sameLine(file.ruleSet, ruleSet)).map((file) => file.ruleSet.years);
  const before = line.filter((years) => years.until < ruleSet.years.from).map((years) => years.until);
  const last = Math.max(...before);
  const saysWhy = text.split("\n").some((written) => written.startsWith("gapBefore:"));
  if (before.length === 0 || last === ruleSet.years.from - 1 || saysWhy) return [];
  const message = `no rule answers for ${ruleSet.place} from ${last + 1} until ${ruleSet.years.from - 1}; say why in gapBefore`;
  return [{ path, line: lineInText(text, ["years"]), message }];
}

function checkRow({ path, text, ruleSet }: ReadFile, index: number, files: readonly ReadFile[]): RulebookProblem[] {
  const row = ruleSet.declarations[index];
  if (row === undefined || row.answer === "delegated") return [];
  const messages = checkInheritance(
    ruleSet,
    row,
    files.map((file) => file.ruleSet),
  );
  return messages.map((message) => ({ path, line: lineInText(text, ["declarations", index]), message }));
}

/** Nobody is told that hours are missing because they are not posted under the rule set that would count them. */
function checkRecognition({ path, text, ruleSet }: ReadFile): RulebookProblem[] {
  if (ruleSet.recognition === AS_REGISTERED) return [];
  const message = `recognition "${ruleSet.recognition}": the ledger posts no hours under it yet`;
  return [{ path, line: lineInText(text, ["recognition"]), message }];
}
