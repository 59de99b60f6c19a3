import type { Cited } from "../values/citation.ts";
import type { Subject } from "../values/subject.ts";

export { type Citation, type Cited, PROVENANCES, type Provenance } from "../values/citation.ts";

/** Which hours a value is about: every part that is given narrows it. */
export interface Selection {
  readonly subjects: "all" | readonly Subject[];
  /** Pathways (途径), delivery modes among them. A record that names none is in no list. */
  readonly pathways?: readonly string[];
  /** Only hours whose assessment (考核) was passed. */
  readonly assessed?: true;
}

/**
 * Over which part of the window a value holds: the sum of all of it, or each of its years by itself, between two
 * years (both included) where they are given.
 */
export type Span =
  | { readonly over: "window" }
  | { readonly over: "each_year"; readonly from?: number; readonly until?: number };

/** Another yearly need for some years: zero waives them. Source of the shape: an emergency override, a raised duty. */
export interface NeedOverride extends Cited {
  readonly from: number;
  readonly until: number;
  readonly needHundredths: number;
}

interface SelectedRule extends Selection, Cited {
  readonly id: string;
  /** Absent means the sum of the window. */
  readonly span?: Span;
}

/** At least so many hours over a group of subjects; a group is one sum, its members have no floor of their own. */
export interface FloorRule extends SelectedRule {
  readonly kind: "floor";
  readonly needHundredths: number;
  /** For a sum over the window: the need is per year, times the years in which there was a duty. */
  readonly perYear?: true;
  /** Years whose need is another; only where the need is yearly. */
  readonly overrides?: readonly NeedOverride[];
}

/** At least `numerator / denominator` of the hours that `of` selects, compared without division. */
export interface RatioRule extends SelectedRule {
  readonly kind: "ratio";
  readonly of: Selection;
  readonly numerator: number;
  readonly denominator: number;
}

export type RequirementRule = FloorRule | RatioRule;

/** At most so many hours of an item, a year or the window count; what is above is cut, latest hours first. */
export interface CapRule extends Selection, Cited {
  readonly id: string;
  readonly per: "item" | "year" | "window";
  readonly mostHundredths: number;
}

/** What a record of this selection must fulfil to count at all. */
export interface GateRule extends Selection, Cited {
  readonly id: string;
  readonly test:
    | { readonly kind: "assessed"; readonly withinDays: number | null }
    | { readonly kind: "item_minimum"; readonly leastHundredths: number }
    | { readonly kind: "expires"; readonly months: number };
}

/** Hours of the window before that count in this one (结转). Without such a rule none do. */
export interface CarryOverRule extends Selection, Cited {
  readonly id: string;
  readonly mostHundredths: number;
  /** Only what the earlier window holds above this. */
  readonly aboveHundredths: number;
  /** Only hours obtained in the last months of the earlier window; null: in all of it. */
  readonly lastMonths: number | null;
}

/** Facts about a person that a rule may need; a declaration gives them as dates. */
export const PERSON_FACTS = ["qualified_on", "title_obtained_on", "cycle_started_on"] as const;
export type PersonFact = (typeof PERSON_FACTS)[number];

/** The duty begins with the study year of a fact, or some years later. */
export interface DutyStart extends Cited {
  readonly fact: PersonFact;
  readonly plusYears: number;
}

/** An approved exemption waives the yearly needs of a year; a deferral adds them to those of the next. */
export interface GrantRule extends Cited {
  readonly code: string;
  readonly effect: "exemption" | "deferral";
}

/** Which time a row looks at, and where it is said; years are study years. */
export type WindowRule = WindowSpan & Partial<Cited>;

type WindowSpan =
  /** So many years, the last of which is the declaration year or lies some years before it. */
  | { readonly kind: "years"; readonly count: number; readonly endsYearsBefore: number }
  /** From a fixed year until the declaration year, or some years before it. */
  | { readonly kind: "since_year"; readonly from: number; readonly endsYearsBefore: number }
  /** From the year of a fact until the declaration year, at most `yearsMax` years. */
  | { readonly kind: "since_fact"; readonly fact: PersonFact; readonly plusYears: number; readonly yearsMax: number }
  /** The person's own cycle, of so many years from a fact, that the date of the question falls into. */
  | { readonly kind: "cycle"; readonly fact: PersonFact; readonly count: number }
  /** The months that end with the date of the question. */
  | { readonly kind: "months"; readonly count: number };
