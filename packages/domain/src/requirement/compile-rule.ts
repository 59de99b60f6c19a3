import type { Subject } from "../values/subject.ts";
import type { CapRule, CarryOverRule, GateRule, RequirementRule, Selection } from "./requirement-rule.ts";
import type { ResolvedWindow } from "./resolve-window.ts";
import type { AnsweredRule, DelegatedRule, Layer, RuleSet } from "./rule-set.ts";

/** Selections are told apart by bits of one number. */
const SELECTIONS_MAX = 30;
const ITEM_YEAR_WINDOW = ["item", "year", "window"] as const;

/** Which rule set states a value, and what of farther layers it took the place of. */
export interface ValueOrigin {
  readonly ruleSet: string;
  readonly version: string;
  readonly layer: Layer;
  readonly overrode: readonly OverriddenValue[];
}

/** A value of a farther layer that does not hold, because a nearer one states its own. */
export interface OverriddenValue {
  readonly ruleSet: string;
  readonly layer: Layer;
  readonly rule: RequirementRule;
}

export interface CompiledRequirement {
  readonly rule: RequirementRule;
  readonly selection: number;
  /** For a ratio: the selection that it is a share of. */
  readonly ofSelection: number;
  readonly origin: ValueOrigin;
}

/** A rule that touches the records of one selection. */
export interface Selected<Rule> {
  readonly rule: Rule;
  readonly selection: number;
}

export interface CompiledAnsweredRule {
  readonly answer: "requirements";
  readonly rule: AnsweredRule;
  /** The rule set that answers; its windows and subjects hold. */
  readonly ruleSet: RuleSet;
  readonly requirements: readonly CompiledRequirement[];
  readonly selections: readonly Selection[];
  /** The selections that a subject is in, as bits; a subject that is not here is unknown to these rules. */
  readonly bitsBySubject: ReadonlyMap<Subject, number>;
  readonly bitsByPathway: ReadonlyMap<string, number>;
  /** For a record without a pathway, or with one that no rule names. */
  readonly otherPathwayBits: number;
  readonly unassessedBits: number;
  /** In the order in which they are applied. */
  readonly caps: readonly Selected<CapRule>[];
  readonly gates: readonly Selected<GateRule>[];
  readonly carryOver: Selected<CarryOverRule> | null;
  /** The ids of requirements that a record of these selections serves, by the bits of the selections. */
  readonly servedByBits: Map<number, readonly string[]>;
  /** Windows that depend on the declaration year alone, by it. */
  readonly windowsByYear: Map<number, ResolvedWindow>;
  /** Whether more hours can never turn `met` into `not_met`. */
  readonly isMonotone: boolean;
  /** Whether all that is asked are sums over the window of groups of subjects: unclassified hours are decided exactly. */
  readonly isPlain: boolean;
  /** Whether any value that decides is known from someone who quotes the text, or from our own reading alone. */
  readonly restsOnSecondHand: boolean;
}

export interface CompiledDelegatedRule {
  readonly answer: "delegated";
  readonly rule: DelegatedRule;
}

export type CompiledRule = CompiledAnsweredRule | CompiledDelegatedRule;

/** A value and where it comes from, after inheritance. */
export interface SourcedRequirement {
  readonly rule: RequirementRule;
  readonly origin: ValueOrigin;
}

/**
 * Compiles one row with the values that hold for it.
 * Throws a RangeError for more than 30 different selections: the rulebook refuses such a file.
 */
export function compileAnsweredRule(
  ruleSet: RuleSet,
  rule: AnsweredRule,
  requirements: readonly SourcedRequirement[],
): CompiledAnsweredRule {
  const selections: Selection[] = [];
  const indexByText = new Map<string, number>();
  const indexOf = (selection: Selection): number => {
    const { subjects, pathways = null, assessed = false } = selection;
    const text = JSON.stringify([subjects, pathways, assessed]);
    const known = indexByText.get(text);
    if (known !== undefined) return known;
    if (selections.length === SELECTIONS_MAX) throw new RangeError(`Row ${rule.id} has over 30 selections.`);
    indexByText.set(text, selections.length);
    return selections.push({ subjects, ...(pathways && { pathways }), ...(assessed && { assessed }) }) - 1;
  };
  const compiled = requirements.map(
    (each): CompiledRequirement => ({
      ...each,
      selection: indexOf(each.rule),
      ofSelection: each.rule.kind === "ratio" ? indexOf(each.rule.of) : -1,
    }),
  );
  const select = <Rule extends Selection>(each: Rule) => ({ rule: each, selection: indexOf(each) });
  const caps = ITEM_YEAR_WINDOW.flatMap((per) => rule.caps.filter((cap) => cap.per === per)).map(select);
  const gates = rule.gates.map(select);
  const carryOver = rule.carryOver === null ? null : select(rule.carryOver);
  const bitsWhere = (holds: (selection: Selection) => boolean) =>
    selections.reduce((bits, selection, index) => (holds(selection) ? bits | (1 << index) : bits), 0);
  const isAbout = (code: string) => (selection: Selection) =>
    selection.pathways === undefined || selection.pathways.includes(code);
  const pathways = new Set(selections.flatMap((selection) => selection.pathways ?? []));
  return {
    answer: "requirements",
    rule,
    ruleSet,
    requirements: compiled,
    selections,
    bitsBySubject: new Map(
      ruleSet.subjects.map((subject) => [
        subject,
        bitsWhere(({ subjects }) => subjects === "all" || subjects.includes(subject)),
      ]),
    ),
    bitsByPathway: new Map([...pathways].map((code) => [code, bitsWhere(isAbout(code))])),
    otherPathwayBits: bitsWhere((selection) => selection.pathways === undefined),
    unassessedBits: bitsWhere((selection) => selection.assessed === undefined),
    caps,
    gates,
    carryOver,
    servedByBits: new Map(),
    windowsByYear: new Map(),
    isMonotone:
      carryOver === null && compiled.every(({ rule: { kind } }) => kind === "floor") && capsHurtNothing(compiled, caps),
    isPlain:
      caps.length === 0 &&
      gates.length === 0 &&
      carryOver === null &&
      compiled.every(({ rule: each }) => isPlain(each)),
    restsOnSecondHand: restsOnSecondHand(
      rule,
      requirements.map((each) => each.rule),
    ),
  };
}

/**
 * A cap of one subject leaves the most of it that it allows, whatever is added; only where pathways or assessments are
 * told apart, or a cap spans subjects, can more hours of one sort push out those of another.
 */
function capsHurtNothing(requirements: readonly CompiledRequirement[], caps: readonly Selected<CapRule>[]): boolean {
  if (caps.length === 0) return true;
  const isOfSubjects = ({ pathways, assessed }: Selection) => pathways === undefined && assessed === undefined;
  return (
    requirements.every(({ rule }) => isOfSubjects(rule)) &&
    caps.every(({ rule }) => isOfSubjects(rule) && rule.subjects !== "all" && rule.subjects.length === 1)
  );
}

function restsOnSecondHand(rule: AnsweredRule, values: readonly RequirementRule[]): boolean {
  const overrides = values.flatMap((value) => (value.kind === "floor" ? (value.overrides ?? []) : []));
  const others = [rule, rule.window, ...rule.caps, ...rule.gates, ...rule.grants, rule.carryOver, rule.start];
  return [...values, ...overrides, ...others].some(
    (value) => value?.provenance === "second_hand" || value?.provenance === "inferred",
  );
}

function isPlain(rule: RequirementRule): boolean {
  const { kind, span, pathways, assessed } = rule;
  return kind === "floor" && span?.over !== "each_year" && pathways === undefined && assessed === undefined;
}
