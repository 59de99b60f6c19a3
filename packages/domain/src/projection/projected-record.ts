import type { RecordState } from "../ledger/entry.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";

/** How one record of a person stands at a cut of the chain. */
export interface ProjectedRecord {
  readonly recordKey: string;
  readonly slot: string;
  readonly recordId: string;
  readonly source: string;
  readonly platform: string;
  readonly state: RecordState;
  readonly code: string | null;
  /** Hundredths; null when unreadable. */
  readonly hoursHundredths: number | null;
  readonly subject: Subject | null;
  readonly attributedYear: number | null;
  readonly obtainedOn: LocalDate | null;
  readonly pathway: string | null;
  /** The recognition rule set under which the hours stand; null where they stand under none. */
  readonly recognition: string | null;
  /** When the assessment (考核) was passed; null when it was not, or nobody says so. */
  readonly assessedOn: LocalDate | null;
  readonly flags: string;
  readonly updateTimeMs: number | null;
}

/** A person's records at one cut of the chain: all a verdict needs about the person. */
export interface PersonProjection {
  readonly records: readonly ProjectedRecord[];
  /** Keyed digest of the known name, or null when the person has none yet. */
  readonly nameDigest: string | null;
  /** The cut: last sequence seen (0 for no entries) and its hash (empty for none). */
  readonly sequence: number;
  readonly head: string;
  /** Present where the person was erased, whenever that was: nothing is answered from the records. */
  readonly isErased?: true;
}
