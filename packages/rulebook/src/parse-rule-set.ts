import type { DeclarationRule, RuleSet, Vocabulary } from "@xueshi/domain";
import { checkReach } from "./check-reach.ts";
import { checkRuleFile } from "./check-rule-file.ts";
import { checkVocabulary } from "./check-vocabulary.ts";
import { citedOf, matchOf, parseRow } from "./parse-row.ts";
import { readYaml } from "./read-yaml.ts";
import { type RuleFile, ruleFileSchema } from "./rule-file-schema.ts";

type RowFile = RuleFile["declarations"][number];

/**
 * Reads the text of a rule file. `path` names it in errors. Without `vocabulary` the closed lists are not consulted, and
 * what can have no effect is let be: a text activated years ago must stay readable after a word has left them.
 * Throws RulebookError (`rulebook_invalid`) with file and line of every problem.
 */
export function parseRuleSet(text: string, path = "rule set", vocabulary?: Vocabulary): RuleSet {
  const file = readYaml(text, path, ruleFileSchema, (value) => [
    ...checkRuleFile(value),
    ...(vocabulary === undefined ? [] : [...checkVocabulary(value, vocabulary), ...checkReach(value, vocabulary)]),
  ]);
  return {
    id: file.id,
    version: file.version,
    place: file.place,
    layer: file.layer,
    subjects: file.subjects,
    yearStartsOn: file.yearStartsOn,
    recognition: file.recognition,
    isDraft: file.draft,
    years: file.years,
    title: file.title,
    ...citedOf(file),
    publishedOn: file.publishedOn,
    lastVerifiedOn: file.lastVerifiedOn,
    declarations: file.declarations.map(declarationRule),
    authorities: file.authorities.map(({ series, mode, platforms, ...rest }) => ({
      series,
      mode,
      platforms,
      ...citedOf(rest),
    })),
    sources: file.sources.map(({ source, platform, from, until, ...rest }) => ({
      source,
      platform,
      from,
      until,
      ...citedOf(rest),
    })),
    maxAgeHours: Object.fromEntries(file.freshness.map((entry) => [entry.platform, entry.maxAgeHours])),
  };
}

function declarationRule(row: RowFile): DeclarationRule {
  if (row.answer === "requirements") return parseRow(row);
  const { answer, id, when, delegatedTo, toPlace = null } = row;
  return { answer, id, when: matchOf(when), delegatedTo, toPlace, ...citedOf(row) };
}
