import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import type {
  CapRule,
  CarryOverRule,
  Cited,
  DutyStart,
  GateRule,
  GrantRule,
  PersonFact,
  RequirementRule,
  WindowRule,
} from "./requirement-rule.ts";

export const KINDS = ["annual-duty", "review", "initial-determination", "registration-renewal"] as const;
export type DeclarationKind = (typeof KINDS)[number];
export const LEVELS = ["junior", "intermediate", "senior", "full-senior"] as const;
export type DeclarationLevel = (typeof LEVELS)[number];

/** What a declaration asks about; series and education are closed lists that the rulebook's vocabulary file carries. */
export interface Declaration {
  readonly place: string;
  readonly year: number;
  readonly kind: DeclarationKind;
  readonly level: DeclarationLevel | null;
  readonly series: string;
  readonly education: string | null;
  /** Dates about the person that some rules need; only those that were given. */
  readonly facts?: Readonly<Partial<Record<PersonFact, LocalDate>>>;
  /** Exemptions and deferrals that were granted to the person, with the document that says so. */
  readonly grants?: readonly DeclaredGrant[];
}

/** A decision about one study year of a person, such as a deferral; `code` is one that the rule set knows. */
export interface DeclaredGrant {
  readonly code: string;
  readonly year: number;
  readonly document: string;
}

/** One word of a closed list: the code that stands in requests and rule files, and its Chinese label. */
export interface VocabularyTerm {
  readonly code: string;
  readonly label: string;
  /** Of a series: it has rules of its own, and a row that names no series does not hold for it. */
  readonly profession?: true;
}

/** The closed lists; they hold for every place and declaration year. */
export interface Vocabulary {
  readonly series: readonly VocabularyTerm[];
  readonly educations: readonly VocabularyTerm[];
  readonly subjects: readonly VocabularyTerm[];
  /** Places that rule files speak of; a question may name another, and has no rule then. */
  readonly places: readonly VocabularyTerm[];
}

/** Information that is shown but does not bind, such as a year below the annual duty. */
export interface NoticeRule extends Cited {
  readonly code: "year_below_annual_duty";
  readonly needHundredths: number;
}

/** Which declarations a row answers; a list that is absent holds for every value, a missing one included. */
export interface DeclarationMatch {
  readonly kind: DeclarationKind;
  readonly levels?: readonly DeclarationLevel[];
  readonly educations?: readonly string[];
  readonly series?: readonly string[];
  /** Where `series` is absent: those that hold only where a row names them, such as professions with rules of their own. */
  readonly exceptSeries?: readonly string[];
}

/** A row of another rule set whose values hold where this row does not state its own under the same id. */
export interface InheritedRow {
  readonly ruleSet: string;
  readonly row: string;
  /** Ids of values that do not hold here. */
  readonly without: readonly string[];
}

/** A row that this rule set answers itself. */
export interface AnsweredRule extends Cited {
  readonly answer: "requirements";
  readonly id: string;
  readonly when: DeclarationMatch;
  readonly window: WindowRule;
  readonly requirements: readonly RequirementRule[];
  readonly notices: readonly NoticeRule[];
  /** Applied in this order: items, then years, then the window; within each in the order of the file. */
  readonly caps: readonly CapRule[];
  readonly gates: readonly GateRule[];
  readonly carryOver: CarryOverRule | null;
  readonly start: DutyStart | null;
  readonly grants: readonly GrantRule[];
  readonly inherits: InheritedRow | null;
}

/** A row that leaves the answer to another body's rule: `unknown: delegated`. It has no window and no numbers. */
export interface DelegatedRule extends Cited {
  readonly answer: "delegated";
  readonly id: string;
  readonly when: DeclarationMatch;
  readonly delegatedTo: string;
  /** The place whose rule sets are asked instead, where one of them may answer. */
  readonly toPlace: string | null;
}

/** One row of the rule set. The first matching row wins, and no higher layer fills in what it does not ask. */
export type DeclarationRule = AnsweredRule | DelegatedRule;

/** How hours of a series are taken; domain words for the routing modes in use. */
export const AUTHORITY_MODES = ["city", "province_wins", "regulator", "not_connected"] as const;
export type AuthorityMode = (typeof AUTHORITY_MODES)[number];

/** How hours of a series are taken: from one platform of record, or from none that is connected. */
export interface AuthorityRoute extends Cited {
  readonly series: "*" | readonly string[];
  readonly mode: AuthorityMode;
  /** Platforms of record; empty means not connected: `unknown: authority_not_connected`. */
  readonly platforms: readonly string[];
}

/** A source that registers for a platform of record, by dated entry; `until` is included, null is open. */
export interface SourceRoute extends Cited {
  readonly source: string;
  readonly platform: string;
  readonly from: string;
  readonly until: string | null;
}

/** Layers of the law. Of the rule sets of one place, those of a series are asked first. */
export const LAYERS = ["series", "city", "province", "nation", "profession"] as const;
export type Layer = (typeof LAYERS)[number];

/** A place's rules for some declaration years: law as dated, cited data. */
export interface RuleSet extends Cited {
  readonly id: string;
  readonly version: string;
  readonly place: string;
  readonly layer: Layer;
  /** The subjects that these rules know, in the order in which answers show them. */
  readonly subjects: readonly Subject[];
  /** First day of the study year, `MM-DD`; a year that does not begin on 01-01 is told by the date obtained. */
  readonly yearStartsOn: string;
  /** The recognition rule set whose hours count here; `as-registered` for hours as platforms register them. */
  readonly recognition: string;
  /** Not to be put in force without somebody who compared it with the text: part of it is our own reading. */
  readonly isDraft: boolean;
  readonly years: { readonly from: number; readonly until: number };
  readonly title: string;
  readonly publishedOn: string;
  readonly lastVerifiedOn: string;
  readonly declarations: readonly DeclarationRule[];
  readonly authorities: readonly AuthorityRoute[];
  readonly sources: readonly SourceRoute[];
  /** Hours after which a platform's last complete pull is stale, by platform; `*` (always there) for the others. */
  readonly maxAgeHours: Readonly<Record<string, number>>;
}

/** A rule set that this installation has activated; its known time is the activation, not the file's date. */
export interface ActivatedRuleSet {
  readonly ruleSet: RuleSet;
  /** SHA-256 of the activated text, hex. */
  readonly digest: string;
  readonly activatedAtMs: number;
}
