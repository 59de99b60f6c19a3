import { type Language, NOTICE_TEXTS, type Text } from "@xueshi/contracts/texts";
import {
  type AuthorityRoute,
  type CapRule,
  type CarryOverRule,
  type Citation,
  type DeclarationMatch,
  type DeclarationRule,
  type DutyStart,
  formatHours,
  type GateRule,
  type GrantRule,
  type InheritedRow,
  type Layer,
  type NeedOverride,
  type NoticeRule,
  type Provenance,
  type RequirementRule,
  type Selection,
  type SourceRoute,
  type Span,
  type WindowRule,
} from "@xueshi/domain";
import type { RuleSetChange } from "@xueshi/rulebook";
import { fieldName, listName } from "./field-names.ts";
import { LAYER_NAMES, listOf, MODE_NAMES, matchWords, PROVENANCE_NAMES } from "./names.ts";
import {
  capWords,
  carryOverWords,
  gateWords,
  grantWords,
  overrideWords,
  requirementWords,
  selectionWords,
  spanWords,
  startWords,
  testWords,
  windowWords,
} from "./rule-words.ts";

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** One change as a line: where it stands, and what it was and is. */
export function changeWords(change: RuleSetChange, language: Language): string {
  const { path, kind, before, after } = change;
  const where = placeWords(path, language);
  const colon = language === "en" ? ": " : "：";
  const value = (side: unknown) => valueWords(path, side, language);
  const what = kind === "changed" ? `${value(before)} → ${value(after)}` : value(kind === "added" ? after : before);
  return `${SIGNS[kind]} ${where}${colon}${what}`;
}

/** `行 annual-duty › 要求 total › 学时`: lists by what is in them, fields by their names. */
function placeWords(path: readonly string[], language: Language): string {
  const words: string[] = [];
  for (let index = 0; index < path.length; index += 1) {
    const name = path[index] ?? "";
    const item = path[index + 1];
    const list = listName(name, language);
    if (list === null || item === undefined) words.push(fieldName(name, language));
    else {
      words.push(item === "order" ? `${list} › ${fieldName(item, language)}` : `${list} ${itemName(item, language)}`);
      index += 1;
    }
  }
  return words.join(" › ");
}

/** What holds for all that are not named stands under `*`. */
function itemName(item: string, language: Language): string {
  if (item !== "*") return item;
  return language === "en" ? "all others" : "其余";
}

type Worder = (value: never, language: Language) => string;

/** Whole items, by the list that they stand in. */
const ITEMS: Readonly<Record<string, Worder>> = {
  declarations: (row: DeclarationRule, language) => rowWords(row, language),
  requirements: (rule: RequirementRule, language) => requirementWords(rule, language),
  caps: (rule: CapRule, language) => capWords(rule, language),
  gates: (rule: GateRule, language) => gateWords(rule, language),
  grants: (rule: GrantRule, language) => grantWords(rule, language),
  overrides: (rule: NeedOverride, language) => overrideWords(rule, language),
  notices: ({ code, needHundredths }: NoticeRule, language) =>
    `${NOTICE_TEXTS[code].title[language]} ${formatHours(needHundredths)}`,
  authorities: ({ mode, platforms }: AuthorityRoute, language) =>
    `${MODE_NAMES[mode][language]} [${listOf(platforms, language)}]`,
  sources: ({ platform, until }: SourceRoute) => (until === null ? platform : `${platform} … ${until}`),
};

/** Values, by the field that they stand under. */
const FIELDS: Readonly<Record<string, Worder>> = {
  citation: ({ document, clause }: Citation) => `${document} ${clause}`,
  provenance: (provenance: Provenance, language) => PROVENANCE_NAMES[provenance][language],
  layer: (layer: Layer, language) => LAYER_NAMES[layer][language],
  mode: (mode: AuthorityRoute["mode"], language) => MODE_NAMES[mode][language],
  when: (match: DeclarationMatch, language) => matchWords(match, language),
  window: (window: WindowRule, language) => windowWords(window, language),
  test: (test: GateRule["test"], language) => testWords(test, language),
  span: (span: Span, language) => spanWords(span, language),
  of: (selection: Selection, language) => selectionWords(selection, language),
  carryOver: (rule: CarryOverRule, language) => carryOverWords(rule, language),
  start: (rule: DutyStart, language) => startWords(rule, language),
  inherits: ({ ruleSet, row, without }: InheritedRow) =>
    [`${ruleSet} › ${row}`, ...without.map((id) => `− ${id}`)].join(", "),
  years: ({ from, until }: { from: number; until: number }) => `${from}–${until}`,
  subjects: (subjects: Selection["subjects"], language) => selectionWords({ subjects }, language),
};

function valueWords(path: readonly string[], value: unknown, language: Language): string {
  const name = path.at(-1) ?? "";
  if (value === null || value === undefined) return ABSENT[language];
  const words = (ITEMS[path.at(-2) ?? ""] ?? FIELDS[name]) as
    | ((value: unknown, language: Language) => string)
    | undefined;
  // The order of a list stands beside its items, and is a list of their names.
  if (words !== undefined && name !== "order") return words(value, language);
  if (name.endsWith("Hundredths") && typeof value === "number") return formatHours(value);
  if (Array.isArray(value)) return value.length === 0 ? ABSENT[language] : listOf(value.map(String), language);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const ABSENT: Text = { "zh-CN": "无", en: "none" };

function rowWords(row: DeclarationRule, language: Language): string {
  const match = matchWords(row.when, language);
  if (row.answer === "delegated") {
    return language === "en" ? `${match}; left to ${row.delegatedTo}` : `${match}；由${row.delegatedTo}规定`;
  }
  const values = row.requirements.map((rule) => requirementWords(rule, language));
  return [match, windowWords(row.window, language), ...values].join(language === "en" ? "; " : "；");
}
