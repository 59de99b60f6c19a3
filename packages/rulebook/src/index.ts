export { digestText } from "./digest-text.ts";
export { JSON_SCHEMA_PATH, ruleFileJsonSchema } from "./json-schema.ts";
export { loadRulebook, RULES_DIRECTORY, type Rulebook, type RulebookFile } from "./load-rulebook.ts";
export { parseRuleSet } from "./parse-rule-set.ts";
export { parseVocabulary } from "./parse-vocabulary.ts";
export { RulebookError, type RulebookProblem } from "./rulebook-error.ts";
export { VOCABULARY } from "./vocabulary.ts";
