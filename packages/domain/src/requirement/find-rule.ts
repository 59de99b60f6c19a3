import { type CompiledRule, compileAnsweredRule, type SourcedRequirement } from "./compile-rule.ts";
import { matchDeclarationRule } from "./match-declaration-rule.ts";
import type { RequirementRule } from "./requirement-rule.ts";
import type { ActivatedRuleSet, AnsweredRule, Declaration, RuleSet } from "./rule-set.ts";
import { newestRuleSet, selectRuleSets } from "./select-rule-sets.ts";

/** The row that answers a declaration, and where it was found. */
export interface FoundRule {
  readonly found: "rule";
  /** The rule set of the declared place that answers or delegates: it says which platforms are of record. */
  readonly local: ActivatedRuleSet;
  /** The rule set that the row is of. */
  readonly active: ActivatedRuleSet;
  readonly row: CompiledRule;
  /** The rule sets that values are inherited from, the nearest first. */
  readonly bases: readonly ActivatedRuleSet[];
}

/** Why no row answers. `missing` names a field of the declaration or the id of an inherited rule set. */
export interface NoRule {
  readonly found: "nothing";
  readonly missing: "level" | "education" | string | null;
}

const NO_BASES: readonly ActivatedRuleSet[] = [];

/** A row may name a place that delegates in turn; nobody's rules go round more often than this. */
const DELEGATIONS_MAX = 4;

/**
 * Finds the row that answers a declaration, as it was known at an instant. The rule sets of the declared place are
 * asked in the order of their layers; a row that delegates to another place is answered there, if a row there matches,
 * and else stands for itself. A place without a rule set of its own has no rule, whatever farther layers say.
 */
export function findRule(
  ruleSets: readonly ActivatedRuleSet[],
  declaration: Declaration,
  knownAtMs: number,
): FoundRule | NoRule {
  return findIn({ ruleSets, knownAtMs, asked: null }, declaration);
}

/**
 * The rule sets that are asked on the way to the row of a declaration, whatever they answer: among these alone, in this
 * order, {@link findRule} finds the same. Oldest first, as activations are listed.
 */
export function rulesAsked(
  ruleSets: readonly ActivatedRuleSet[],
  declaration: Declaration,
  knownAtMs: number,
): readonly ActivatedRuleSet[] {
  const asked = new Set<ActivatedRuleSet>();
  findIn({ ruleSets, knownAtMs, asked }, declaration);
  return ruleSets.filter((one) => asked.has(one));
}

/** Where a row is looked for, and what takes note of the rule sets that are asked. */
interface Search {
  readonly ruleSets: readonly ActivatedRuleSet[];
  readonly knownAtMs: number;
  readonly asked: Set<ActivatedRuleSet> | null;
}

function findIn(search: Search, declaration: Declaration): FoundRule | NoRule {
  return findAt(search, declaration, declaration.place, DELEGATIONS_MAX) ?? { found: "nothing", missing: null };
}

function findAt(
  search: Search,
  declaration: Declaration,
  place: string,
  delegationsLeft: number,
): FoundRule | NoRule | null {
  const candidates = selectRuleSets(search.ruleSets, place, declaration.year, search.knownAtMs);
  if (search.asked !== null) for (const candidate of candidates) search.asked.add(candidate);
  for (const active of candidates) {
    const row = matchDeclarationRule(active.ruleSet.declarations, declaration);
    if (row === null) continue;
    if (typeof row === "string") return { found: "nothing", missing: row };
    if (row.answer === "requirements") return answeredBy(search, active, row);
    const delegated: FoundRule = {
      found: "rule",
      local: active,
      active,
      row: { answer: "delegated", rule: row },
      bases: NO_BASES,
    };
    if (row.toPlace === null || delegationsLeft === 0) return delegated;
    const there = findAt(search, declaration, row.toPlace, delegationsLeft - 1);
    return there === null || (there.found === "rule" && there.row.answer === "delegated")
      ? delegated
      : there.found === "rule"
        ? { ...there, local: active }
        : there;
  }
  return null;
}

function answeredBy(search: Search, active: ActivatedRuleSet, rule: AnsweredRule): FoundRule | NoRule {
  const found = { found: "rule", local: active, active } as const;
  if (rule.inherits === null) return { ...found, row: compileOwn(active.ruleSet, rule), bases: NO_BASES };
  const chain = inheritedRows(search, rule);
  if (typeof chain === "string") return { found: "nothing", missing: chain };
  const bases = chain.map((link) => link.base).filter((base) => base !== active);
  return { ...found, row: compileInheriting(active.ruleSet, rule, chain), bases };
}

/** A memo of a pure function: rows are immutable. */
const compiledOwn = new WeakMap<AnsweredRule, CompiledRule>();

function compileOwn(ruleSet: RuleSet, rule: AnsweredRule): CompiledRule {
  const known = compiledOwn.get(rule);
  if (known !== undefined) return known;
  const compiled = compileAnsweredRule(ruleSet, rule, ownValues(ruleSet, rule));
  compiledOwn.set(rule, compiled);
  return compiled;
}

interface InheritedLink {
  readonly base: ActivatedRuleSet;
  readonly ruleSet: RuleSet;
  readonly rule: AnsweredRule;
}

/** The rows that a row takes values from, the nearest first; or the id of a rule set that was not known. */
function inheritedRows(search: Search, rule: AnsweredRule): readonly InheritedLink[] | string {
  const chain: InheritedLink[] = [];
  let inherits = rule.inherits;
  while (inherits !== null) {
    const base = newestRuleSet(search.ruleSets, inherits.ruleSet, search.knownAtMs);
    if (base !== null) search.asked?.add(base);
    const wanted = inherits.row;
    const row = base?.ruleSet.declarations.find((each) => each.id === wanted);
    if (base === null || row === undefined || row.answer === "delegated") return inherits.ruleSet;
    if (row === rule || chain.some((link) => link.rule === row)) return inherits.ruleSet;
    chain.push({ base, ruleSet: base.ruleSet, rule: row });
    inherits = row.inherits;
  }
  return chain;
}

/** Compiled by the nearest inherited row, which another version of that rule set would replace. */
const compiledInheriting = new WeakMap<AnsweredRule, { chain: readonly InheritedLink[]; compiled: CompiledRule }>();

function compileInheriting(ruleSet: RuleSet, rule: AnsweredRule, chain: readonly InheritedLink[]): CompiledRule {
  const known = compiledInheriting.get(rule);
  if (known?.chain.every((link, index) => link.rule === chain[index]?.rule)) return known.compiled;
  let values = ownValues(ruleSet, rule);
  let without = new Set(rule.inherits?.without);
  for (const link of chain) {
    values = overlay(values, link, without);
    without = new Set([...without, ...(link.rule.inherits?.without ?? [])]);
  }
  const compiled = compileAnsweredRule(ruleSet, rule, values);
  compiledInheriting.set(rule, { chain, compiled });
  return compiled;
}

function ownValues({ id, version, layer }: RuleSet, rule: AnsweredRule): SourcedRequirement[] {
  const origin = { ruleSet: id, version, layer, overrode: [] };
  return rule.requirements.map((each) => ({ rule: each, origin }));
}

/** Values of a farther row: those whose id is new join the list, the others are noted as overridden. */
function overlay(
  values: readonly SourcedRequirement[],
  { ruleSet, rule }: InheritedLink,
  without: ReadonlySet<string>,
): SourcedRequirement[] {
  const overridden = new Map<string, RequirementRule>(rule.requirements.map((each) => [each.id, each]));
  const nearer = values.map((value) => {
    const far = overridden.get(value.rule.id);
    if (far === undefined) return value;
    const overrode = [...value.origin.overrode, { ruleSet: ruleSet.id, layer: ruleSet.layer, rule: far }];
    return { ...value, origin: { ...value.origin, overrode } };
  });
  const known = new Set(values.map((value) => value.rule.id));
  const farther = ownValues(ruleSet, rule).filter(({ rule: { id } }) => !known.has(id) && !without.has(id));
  return [...nearer, ...farther];
}
