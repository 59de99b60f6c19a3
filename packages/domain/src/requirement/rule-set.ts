import type { Subject } from "../values/subject.ts";

export interface Citation {
  readonly document: string;
  readonly clause: string;
}

/** Where a value comes from: the text itself, public material that was read, second hand, or inferred. */
export const PROVENANCES = ["notice", "read", "second_hand", "inferred"] as const;
export type Provenance = (typeof PROVENANCES)[number];

export const KINDS = ["annual-duty", "review", "initial-determination"] as const;
export type DeclarationKind = (typeof KINDS)[number];
export const LEVELS = ["junior", "intermediate", "senior"] as const;
export type DeclarationLevel = (typeof LEVELS)[number];

/** What a declaration asks about; series and education are closed lists that the rulebook's vocabulary file carries. */
export interface Declaration {
  readonly place: string;
  readonly year: number;
  readonly kind: DeclarationKind;
  readonly level: DeclarationLevel | null;
  readonly series: string;
  readonly education: string | null;
}

/** One word of a closed list: the code that stands in requests and rule files, and its Chinese label. */
export interface VocabularyTerm {
  readonly code: string;
  readonly label: string;
}

/** The closed lists of series and education; they hold for every place and declaration year. */
export interface Vocabulary {
  readonly series: readonly VocabularyTerm[];
  readonly educations: readonly VocabularyTerm[];
}

/** A floor over a group of subjects, summed over the window. Later shapes join this union. */
export interface RequirementRule {
  readonly id: string;
  readonly kind: "floor";
  readonly subjects: "all" | readonly Subject[];
  readonly needHundredths: number;
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** Information that is shown but does not bind, such as a year below the annual duty. */
export interface NoticeRule {
  readonly code: "year_below_annual_duty";
  readonly needHundredths: number;
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** Which declarations a row answers; a list that is absent holds for every value, a missing one included. */
export interface DeclarationMatch {
  readonly kind: DeclarationKind;
  readonly levels?: readonly DeclarationLevel[];
  readonly educations?: readonly string[];
}

/** A row that this rule set answers itself. */
export interface AnsweredRule {
  readonly answer: "requirements";
  readonly id: string;
  readonly when: DeclarationMatch;
  /** Number of calendar years that end with the declaration year. */
  readonly windowYears: number;
  readonly requirements: readonly RequirementRule[];
  readonly notices: readonly NoticeRule[];
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** A row that leaves the answer to another body's rule: `unknown: delegated`. It has no window and no numbers. */
export interface DelegatedRule {
  readonly answer: "delegated";
  readonly id: string;
  readonly when: DeclarationMatch;
  readonly delegatedTo: string;
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** One row of the rule set. The first matching row wins, and no higher layer fills in what it does not ask. */
export type DeclarationRule = AnsweredRule | DelegatedRule;

/** How hours of a series are taken; domain words for the routing modes in use. */
export const AUTHORITY_MODES = ["city", "province_wins", "not_connected"] as const;
export type AuthorityMode = (typeof AUTHORITY_MODES)[number];

/** How hours of a series are taken: from one platform of record, or from none that is connected. */
export interface AuthorityRoute {
  readonly series: "*" | readonly string[];
  readonly mode: AuthorityMode;
  /** Platforms of record; empty means not connected: `unknown: authority_not_connected`. */
  readonly platforms: readonly string[];
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** A source that registers for a platform of record, by dated entry; `until` is included, null is open. */
export interface SourceRoute {
  readonly source: string;
  readonly platform: string;
  readonly from: string;
  readonly until: string | null;
  readonly citation: Citation;
  readonly provenance: Provenance;
}

/** A place's rules for some declaration years: law as dated, cited data. */
export interface RuleSet {
  readonly id: string;
  readonly version: string;
  readonly place: string;
  readonly years: { readonly from: number; readonly until: number };
  readonly title: string;
  readonly citation: Citation;
  readonly provenance: Provenance;
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
