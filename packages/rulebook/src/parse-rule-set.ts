import {
  type Citation,
  type DeclarationRule,
  type Provenance,
  parseHours,
  type RuleSet,
  type Vocabulary,
} from "@xueshi/domain";
import { checkRuleFile, checkVocabulary } from "./check-rule-file.ts";
import { readYaml } from "./read-yaml.ts";
import { type RuleFile, ruleFileSchema } from "./rule-file-schema.ts";

type RowFile = RuleFile["declarations"][number];

/**
 * Reads the text of a rule file. `path` names it in errors. Without `vocabulary` the closed lists are not consulted: a
 * text activated years ago must stay readable after a word has left them.
 * Throws RulebookError (`rulebook_invalid`) with file and line of every problem.
 */
export function parseRuleSet(text: string, path = "rule set", vocabulary?: Vocabulary): RuleSet {
  const file = readYaml(text, path, ruleFileSchema, (value) => [
    ...checkRuleFile(value),
    ...(vocabulary === undefined ? [] : checkVocabulary(value, vocabulary)),
  ]);
  return {
    id: file.id,
    version: file.version,
    place: file.place,
    years: file.years,
    title: file.title,
    ...cited(file),
    publishedOn: file.publishedOn,
    lastVerifiedOn: file.lastVerifiedOn,
    declarations: file.declarations.map(declarationRule),
    authorities: file.authorities.map(({ series, mode, platforms, ...rest }) => ({
      series,
      mode,
      platforms,
      ...cited(rest),
    })),
    sources: file.sources.map(({ source, platform, from, until, ...rest }) => ({
      source,
      platform,
      from,
      until,
      ...cited(rest),
    })),
    maxAgeHours: Object.fromEntries(file.freshness.map((entry) => [entry.platform, entry.maxAgeHours])),
  };
}

function declarationRule(row: RowFile): DeclarationRule {
  if (row.answer === "delegated") {
    return { answer: row.answer, id: row.id, when: row.when, delegatedTo: row.delegatedTo, ...cited(row) };
  }
  return {
    answer: row.answer,
    id: row.id,
    when: row.when,
    windowYears: row.windowYears,
    requirements: row.requirements.map((requirement) => ({
      id: requirement.id,
      kind: requirement.kind,
      subjects: requirement.subjects,
      needHundredths: hundredths(requirement.hours),
      ...cited(requirement),
    })),
    notices: row.notices.map((notice) => ({
      code: notice.code,
      needHundredths: hundredths(notice.hours),
      ...cited(notice),
    })),
    ...cited(row),
  };
}

function cited(value: { citation: Citation; provenance: Provenance }): { citation: Citation; provenance: Provenance } {
  return { citation: value.citation, provenance: value.provenance };
}

function hundredths(hours: number): number {
  const parsed = parseHours(hours);
  // The schema has refused such a value; this holds the types together.
  if (parsed === null) throw new RangeError(`${hours} is not a number of hours.`);
  return parsed;
}
