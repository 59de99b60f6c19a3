import type { AnsweredRule, DeclarationMatch, DeclarationRule, RuleSet } from "@xueshi/domain";
import type { RulebookProblem } from "./rulebook-error.ts";

/** A rule file that is right in itself. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
  readonly ruleSet: RuleSet;
}

/**
 * What is wrong between files: one id twice, two that would answer the same declaration from the same layer, years that
 * no file of a line answers for, and rows that inherit from a row that is not there.
 */
export function checkRulebook(files: readonly ReadFile[]): RulebookProblem[] {
  return files.flatMap((file, index) => [
    ...checkAgainstEarlier(file, files.slice(0, index)),
    ...checkGap(file, files),
    ...file.ruleSet.declarations.flatMap((row) => checkInheritance(file, row, files)),
  ]);
}

function checkAgainstEarlier({ path, text, ruleSet }: ReadFile, earlier: readonly ReadFile[]): RulebookProblem[] {
  const problems: RulebookProblem[] = [];
  for (const { path: otherPath, ruleSet: other } of earlier) {
    if (other.id === ruleSet.id) {
      problems.push({ path, line: lineOfKey(text, "id"), message: `id "${ruleSet.id}" is used by ${otherPath}` });
    }
    if (
      sameLine(ruleSet, other) &&
      other.years.from <= ruleSet.years.until &&
      ruleSet.years.from <= other.years.until
    ) {
      const message = `answers for ${ruleSet.place} in years that ${otherPath} answers for already`;
      problems.push({ path, line: lineOfKey(text, "years"), message });
    }
  }
  return problems;
}

/** Two rule sets of one place and layer that would both answer some declaration. Files of a series may stand side by side. */
function sameLine(one: RuleSet, other: RuleSet): boolean {
  if (one.place !== other.place || one.layer !== other.layer) return false;
  if (one.layer !== "series") return true;
  return one.declarations.some((row) => other.declarations.some((each) => meet(row.when, each.when)));
}

function meet(one: DeclarationMatch, other: DeclarationMatch): boolean {
  return (
    one.kind === other.kind &&
    shareWord(one.levels, other.levels) &&
    shareWord(one.educations, other.educations) &&
    shareWord(one.series, other.series)
  );
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
  return [{ path, line: lineOfKey(text, "years"), message }];
}

function checkInheritance(file: ReadFile, row: DeclarationRule, files: readonly ReadFile[]): RulebookProblem[] {
  if (row.answer === "delegated" || row.inherits === null) return [];
  const line = lineOfRow(file.text, row.id);
  const chain: AnsweredRule[] = [row];
  let inherits = row.inherits;
  for (;;) {
    const { ruleSet: id, row: wanted } = inherits;
    const base = files.find(({ ruleSet }) => ruleSet.id === id)?.ruleSet;
    const found = base?.declarations.find((each) => each.id === wanted);
    const name = `row "${wanted}" of rule set "${id}"`;
    if (found === undefined) return [{ path: file.path, line, message: `inherits from ${name}, which is not there` }];
    if (found.answer === "delegated") {
      return [{ path: file.path, line, message: `inherits from ${name}, which delegates and has no values` }];
    }
    if (chain.includes(found)) return [{ path: file.path, line, message: `inherits from ${name} in a circle` }];
    chain.push(found);
    const foreign = foreignSubject(found, file.ruleSet);
    if (foreign !== null) {
      const message = `inherits from ${name}, whose subject "${foreign}" is not among the subjects of this file`;
      return [{ path: file.path, line, message }];
    }
    if (found.inherits === null) return [];
    inherits = found.inherits;
  }
}

function foreignSubject({ requirements }: AnsweredRule, { subjects }: RuleSet): string | null {
  const named = requirements.flatMap((each) => [
    ...(each.subjects === "all" ? [] : each.subjects),
    ...(each.kind === "ratio" && each.of.subjects !== "all" ? each.of.subjects : []),
  ]);
  return named.find((code) => !subjects.includes(code)) ?? null;
}

/** The line of a key at the top of a file that has been read without a problem. */
function lineOfKey(text: string, key: string): number {
  return text.split("\n").findIndex((line) => line.startsWith(`${key}:`)) + 1;
}

function lineOfRow(text: string, id: string): number {
  return Math.max(1, text.split("\n").findIndex((line) => line.trim() === `- id: ${id}`) + 1);
}
