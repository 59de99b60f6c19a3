import type { Declaration, Platform, Rules, SettledRecord, Subject } from "../../oracle/index.ts";
import type { ModelDecision } from "../decision-model.ts";
import type { Intake, LedgerRow } from "./read-intake.ts";

/** What an operator decided of one record; `topic` is what the decision speaks of. */
export interface SubjectDecision {
  readonly id: string;
  readonly record: string;
  readonly topic: "subject" | "duplicate" | "all";
  readonly subject: Subject | null;
  readonly countsBesides: boolean;
}

export type Revocation = "revoked_for_fraud" | "administrative_error" | "withdrawn_by_operator";

/** What a correction may put right, in the forms of the oracle's rows. */
export interface Corrected {
  readonly hoursHundredths?: number;
  readonly attributedYear?: number;
  readonly obtainedOn?: string;
  readonly title?: string;
}

/** What one correction says of one record: `was` are the values that it found. */
export interface RecordCorrection {
  readonly id: string;
  readonly record: string;
  readonly revokes: Revocation | null;
  readonly was: Corrected;
  readonly becomes: Corrected;
}

/** What an operator says of records of one person: that they are one achievement, or that no two of them are. */
export interface DuplicateStatement {
  readonly id: string;
  readonly kind: "same" | "distinct";
  readonly records: readonly string[];
}

/** A row that a decision is about, by what stands of it. */
export type RowDecision = ModelDecision<LedgerRow>;

/** The city's rule set as an operator may activate it. */
export interface ChangedRules {
  /** All hours of the published one times the first, by the second. */
  readonly share: readonly [number, number];
  /** The platform of record that the training platform registers for; null: for none. */
  readonly route: Platform | null;
}

/** Everything that was put into the ledger, oldest first. How it must stand follows from this alone. */
export interface LedgerFacts {
  intake: Intake[];
  /** The city's categories as they are listed now: code → class; codes that are missing are not listed. */
  categories: ReadonlyMap<number, number>;
  rowDecisions: RowDecision[];
  /** Records of which an operator ever put a row in a source's place: that it did is kept, also where it is taken back. */
  readonly everCorrected: Set<string>;
  /** The rules in force. */
  rules: ChangedRules;
  /** Names that only a correction of a row ever said, by person. */
  claims: ReadonlyMap<number, string>;
  /** Whose id was wrong → whose the records are, with the decision that says so. */
  merges: ReadonlyMap<number, { readonly into: number; readonly decisionId: string }>;
  /** Those that were not taken back, oldest first. */
  subjects: SubjectDecision[];
  /** Those that were not taken back, oldest first. */
  corrections: RecordCorrection[];
  /** Those that were not taken back. */
  duplicates: DuplicateStatement[];
}

/** How one record stands besides, for a content that is held or refused. */
export interface ApartRow {
  readonly record: string;
  readonly owner: number;
  readonly state: "held" | "refused";
  readonly code: string;
  /** Null: refused rows have none. */
  readonly said: LedgerRow["said"] | null;
}

/** A record with its main standing; `owner` is whose chain it is in. */
export interface MainRecord extends SettledRecord {
  readonly owner: number;
  readonly revoked: Revocation | null;
}

/** How everything must stand. */
export interface Standings {
  readonly main: readonly MainRecord[];
  readonly apart: readonly ApartRow[];
  /** By person: the name by which each is known. */
  readonly names: ReadonlyMap<number, string>;
}

/** An instant at which everything was posted, and how all stood and was judged then. */
export interface Moment {
  readonly knownAtMs: number;
  readonly standings: Standings;
  readonly rules: Rules;
}

/** A question that was answered, to be asked again about the same instant. */
export interface Remembered {
  readonly declaration: Declaration;
  readonly asOf: string;
  readonly knownAtMs: number;
  readonly answer: string;
}

/** A verdict that is kept. */
export interface Kept {
  readonly practitionerId: string;
  readonly verdictId: string;
}

/** A correction that was applied, as far as taking it back needs it. */
export interface AppliedCorrection {
  readonly id: string;
  readonly needsTwo: boolean;
  readonly of: "records" | "record_sets";
}

/** The model of one run. */
export interface LedgerModel {
  readonly facts: LedgerFacts;
  readonly moments: Moment[];
  readonly answers: Remembered[];
  readonly kept: Kept[];
  readonly applied: AppliedCorrection[];
  /** Signed checkpoints, oldest first. */
  readonly notes: string[];
  /** Whether anything may wait for its posting. */
  isPosted: boolean;
}

export function emptyModel(categories: ReadonlyMap<number, number>): LedgerModel {
  return {
    facts: {
      ...{ intake: [], categories, rowDecisions: [], everCorrected: new Set(), claims: new Map(), merges: new Map() },
      ...{ subjects: [], corrections: [], duplicates: [], rules: { share: [1, 1], route: "quzhou-city" } },
    },
    ...{ moments: [], answers: [], kept: [], applied: [], notes: [], isPosted: true },
  };
}
