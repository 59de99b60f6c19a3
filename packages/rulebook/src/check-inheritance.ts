import type { AnsweredRule, RequirementRule, RuleSet } from "@xueshi/domain";
import { tooManySelections } from "./check-row.ts";

/** One step of an inheritance: the row that is inherited from, and the rule set that it stands in. */
interface Base {
  readonly ruleSet: RuleSet;
  readonly row: AnsweredRule;
}

/** What is wrong with what a row inherits, as messages; empty for a row that inherits nothing. */
export function checkInheritance(ruleSet: RuleSet, row: AnsweredRule, all: readonly RuleSet[]): string[] {
  const chain = basesOf(row, all);
  if (typeof chain === "string") return [chain];
  const [base] = chain;
  if (base === undefined) return [];
  return [
    ...chain.flatMap((each) => checkYears(ruleSet, each)),
    ...checkWithout(row, chain),
    ...checkSubjects(ruleSet, row, chain),
    ...checkLost(row, base),
    ...checkSelections(row, chain),
  ];
}

/** The rows that a row takes values from, the nearest first; or why they cannot be told. */
function basesOf(row: AnsweredRule, all: readonly RuleSet[]): readonly Base[] | string {
  const chain: Base[] = [];
  for (let { inherits } = row; inherits !== null; ) {
    const { ruleSet: id, row: wanted } = inherits;
    const ruleSet = all.find((each) => each.id === id);
    const found = ruleSet?.declarations.find((each) => each.id === wanted);
    const name = `row "${wanted}" of rule set "${id}"`;
    if (ruleSet === undefined || found === undefined) return `inherits from ${name}, which is not there`;
    if (found.answer === "delegated") return `inherits from ${name}, which delegates and has no values`;
    if (found === row || chain.some((base) => base.row === found)) return `inherits from ${name} in a circle`;
    chain.push({ ruleSet, row: found });
    inherits = found.inherits;
  }
  return chain;
}

function nameOf({ ruleSet, row }: Base): string {
  return `row "${row.id}" of rule set "${ruleSet.id}"`;
}

function checkYears({ years }: RuleSet, base: Base): string[] {
  const { from, until } = base.ruleSet.years;
  if (from <= years.from && years.until <= until) return [];
  return [
    `inherits from ${nameOf(base)}, which holds from ${from} until ${until} and not for all years of this file, ${years.from} until ${years.until}`,
  ];
}

/** The values of the bases that hold, the nearest first: those that no nearer row states itself or leaves out. */
function inheritedValues(
  without: readonly string[],
  own: readonly RequirementRule[],
  chain: readonly Base[],
): { readonly base: Base; readonly rule: RequirementRule }[] {
  const known = new Set(own.map(({ id }) => id));
  const left = new Set(without);
  return chain.flatMap((base) => {
    const held = base.row.requirements.filter(({ id }) => !known.has(id) && !left.has(id));
    for (const { id } of held) known.add(id);
    for (const id of base.row.inherits?.without ?? []) left.add(id);
    return held.map((rule) => ({ base, rule }));
  });
}

function checkWithout(row: AnsweredRule, chain: readonly Base[]): string[] {
  const stated = new Set(inheritedValues([], [], chain).map(({ rule }) => rule.id));
  return (row.inherits?.without ?? [])
    .filter((id) => !stated.has(id))
    .map((id) => `leaves out "${id}", which the rows that it inherits from do not state`);
}

function checkSubjects({ subjects }: RuleSet, row: AnsweredRule, chain: readonly Base[]): string[] {
  return inheritedValues(row.inherits?.without ?? [], row.requirements, chain).flatMap(({ base, rule }) => {
    const named = [rule, ...(rule.kind === "ratio" ? [rule.of] : [])].flatMap((each) =>
      each.subjects === "all" ? [] : each.subjects,
    );
    const foreign = named.find((code) => !subjects.includes(code));
    if (foreign === undefined) return [];
    return [`inherits from ${nameOf(base)}, whose subject "${foreign}" is not among the subjects of this file`];
  });
}

/** Requirements alone are inherited; what else the base says would be lost without a word. */
function checkLost(row: AnsweredRule, base: Base): string[] {
  const { caps, gates, grants, carryOver, start } = base.row;
  const lost = [
    ...caps.filter(({ id }) => row.caps.every((own) => own.id !== id)).map(({ id }) => `cap "${id}"`),
    ...gates.filter(({ id }) => row.gates.every((own) => own.id !== id)).map(({ id }) => `gate "${id}"`),
    ...grants.filter(({ code }) => row.grants.every((own) => own.code !== code)).map(({ code }) => `grant "${code}"`),
    ...(carryOver !== null && row.carryOver === null ? [`carryOver "${carryOver.id}"`] : []),
    ...(start !== null && row.start === null ? ["start"] : []),
  ];
  if (lost.length === 0) return [];
  return [
    `inherits from ${nameOf(base)} requirements alone; state here what would be lost, or inherit nothing: ${lost.join(", ")}`,
  ];
}

function checkSelections(row: AnsweredRule, chain: readonly Base[]): string[] {
  const inherited = inheritedValues(row.inherits?.without ?? [], row.requirements, chain).map(({ rule }) => rule);
  const { caps, gates, carryOver } = row;
  const rules = [...row.requirements, ...inherited];
  const selected = [...rules, ...rules.flatMap((rule) => (rule.kind === "ratio" ? [rule.of] : [])), ...caps, ...gates];
  const message = tooManySelections(carryOver === null ? selected : [...selected, carryOver]);
  return message === null ? [] : [`${message}, those that it inherits included`];
}
