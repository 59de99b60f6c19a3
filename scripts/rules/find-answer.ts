import {
  type ActivatedRuleSet,
  type AuthorityRoute,
  type CapRule,
  type CarryOverRule,
  type Cited,
  type DeclarationMatch,
  type DutyStart,
  decideVerdict,
  findRule,
  type GateRule,
  type GrantRule,
  type Layer,
  type NoticeRule,
  type PersonFact,
  type RequirementRule,
  type RuleSet,
  type Verdict,
  type WindowRule,
} from "@xueshi/domain";
import { type AnswerQuestion, type NothingAnswers, whyNothingAnswers } from "./why-nothing-answers.ts";

interface NamedRuleSet {
  readonly id: string;
  readonly version: string;
  readonly place: string;
  readonly layer: Layer;
  readonly title: string;
  readonly digest: string;
}

/** A value with both dates of its text, its own or those of its rule set. */
type Dated<Value extends Cited> = Value & { readonly publishedOn: string; readonly lastVerifiedOn: string };

export interface FoundRequirement {
  readonly rule: Dated<RequirementRule>;
  readonly ruleSet: string;
  readonly layer: Layer;
  /** What this declaration needs by it, with overrides and duties applied; null where that was not worked out. */
  readonly needHundredths: number | null;
  readonly needByYear: Readonly<Record<string, number>> | null;
  readonly overrode: readonly {
    readonly ruleSet: string;
    readonly layer: Layer;
    readonly rule: Dated<RequirementRule>;
  }[];
}

interface FoundRow {
  readonly ruleSet: NamedRuleSet;
  readonly row: Dated<Cited> & { readonly id: string; readonly when: DeclarationMatch };
  /** How hours of the series are taken, as the rule set of the declared place says. */
  readonly authority: Dated<AuthorityRoute> | null;
}

export interface FoundAnswer extends FoundRow {
  readonly answer: "requirements";
  readonly window: WindowRule;
  /** Null where a fact was not given, or where no platform of record is connected. */
  readonly windowYears: Verdict["window"];
  readonly factNotGiven: PersonFact | null;
  readonly requirements: readonly FoundRequirement[];
  readonly caps: readonly Dated<CapRule>[];
  readonly gates: readonly Dated<GateRule>[];
  readonly carryOver: Dated<CarryOverRule> | null;
  readonly start: Dated<DutyStart> | null;
  readonly grants: readonly Dated<GrantRule>[];
  readonly notices: readonly Dated<NoticeRule>[];
}

export interface FoundDelegation extends FoundRow {
  readonly answer: "delegated";
  readonly delegatedTo: string;
  /** A place that was asked instead, and where no row answers either. */
  readonly toPlace: string | null;
}

export type Answer = FoundAnswer | FoundDelegation | NothingAnswers;

/** Which row answers a declaration and every value of it, or why none does. Pure. */
export function findAnswer(ruleSets: readonly ActivatedRuleSet[], question: AnswerQuestion): Answer {
  const { declaration, knownAtMs } = question;
  const found = findRule(ruleSets, declaration, knownAtMs);
  if (found.found === "nothing") return whyNothingAnswers(ruleSets, question, found.missing);
  const { ruleSet, digest } = found.active;
  const local = found.local.ruleSet;
  const { id, version, place, layer, title } = ruleSet;
  const { rule } = found.row;
  const authority = routeOf(local, declaration.series);
  const head: FoundRow = {
    ruleSet: { id, version, place, layer, title, digest },
    row: { id: rule.id, when: rule.when, ...citedOf(dated(rule, ruleSet)) },
    authority: authority === null ? null : dated(authority, local),
  };
  if (found.row.answer === "delegated") {
    const { delegatedTo, toPlace } = found.row.rule;
    return { answer: "delegated", ...head, delegatedTo, toPlace };
  }
  const answered = found.row.rule;
  const verdict = withoutRecords(ruleSets, question);
  const missing = verdict.reasons.find(({ code }) => code === "fact_not_given");
  const inOwn = <Value extends Cited>(value: Value) => dated(value, ruleSet);
  return {
    answer: "requirements",
    ...head,
    window: answered.window,
    windowYears: verdict.window,
    factNotGiven: (missing?.detail.fact as PersonFact | undefined) ?? null,
    requirements: found.row.requirements.map(({ rule: each, origin }) => ({
      rule: datedRequirement(each, setOf(ruleSets, origin.ruleSet, knownAtMs) ?? ruleSet),
      ruleSet: origin.ruleSet,
      layer: origin.layer,
      ...needOf(verdict, each.id),
      overrode: origin.overrode.map((far) => ({
        ruleSet: far.ruleSet,
        layer: far.layer,
        rule: datedRequirement(far.rule, setOf(ruleSets, far.ruleSet, knownAtMs) ?? ruleSet),
      })),
    })),
    caps: answered.caps.map(inOwn),
    gates: answered.gates.map(inOwn),
    carryOver: answered.carryOver === null ? null : inOwn(answered.carryOver),
    start: answered.start === null ? null : inOwn(answered.start),
    grants: answered.grants.map(inOwn),
    notices: answered.notices.map(inOwn),
  };
}

/** The verdict about somebody without records: it works out the window and what it takes for this declaration. */
function withoutRecords(
  ruleSets: readonly ActivatedRuleSet[],
  { declaration, asOf, knownAtMs }: AnswerQuestion,
): Verdict {
  return decideVerdict({
    declaration,
    asOf,
    knownAtMs,
    nowMs: knownAtMs,
    declaredNameDigest: null,
    person: { records: [], nameDigest: null, sequence: 0, head: "" },
    freshness: [],
    ruleSets,
  });
}

function needOf({ requirements }: Verdict, id: string): Pick<FoundRequirement, "needHundredths" | "needByYear"> {
  const result = requirements.find(({ rule }) => rule.id === id);
  // What a share comes to depends on the hours there are.
  if (result === undefined || result.rule.kind === "ratio") return { needHundredths: null, needByYear: null };
  const { needHundredths, years } = result;
  const byYear = years?.map(({ year, needHundredths: need }): [string, number] => [String(year), need]);
  return { needHundredths, needByYear: byYear === undefined ? null : Object.fromEntries(byYear) };
}

function routeOf({ authorities }: RuleSet, series: string): AuthorityRoute | null {
  const named = authorities.find((route) => route.series !== "*" && route.series.includes(series));
  return named ?? authorities.find((route) => route.series === "*") ?? null;
}

/** The version of a rule set that holds at an instant. */
function setOf(ruleSets: readonly ActivatedRuleSet[], id: string, knownAtMs: number): RuleSet | null {
  const versions = ruleSets.filter(({ ruleSet, activatedAtMs }) => ruleSet.id === id && activatedAtMs <= knownAtMs);
  return versions.sort((left, right) => left.activatedAtMs - right.activatedAtMs).at(-1)?.ruleSet ?? null;
}

function dated<Value extends Cited>(value: Value, { publishedOn, lastVerifiedOn }: RuleSet): Dated<Value> {
  return { publishedOn, lastVerifiedOn, ...value };
}

/** The other needs of some years have dates of their own. */
function datedRequirement(rule: RequirementRule, ruleSet: RuleSet): Dated<RequirementRule> {
  if (rule.kind === "ratio" || rule.overrides === undefined) return dated(rule, ruleSet);
  return dated({ ...rule, overrides: rule.overrides.map((override) => dated(override, ruleSet)) }, ruleSet);
}

function citedOf({ citation, provenance, quote, publishedOn, lastVerifiedOn }: Dated<Cited>): Dated<Cited> {
  return { citation, provenance, ...(quote !== undefined && { quote }), publishedOn, lastVerifiedOn };
}
