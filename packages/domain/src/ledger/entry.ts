import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";

/** States of a record (closed list), and `refused` for a row that is kept only as refused. */
export const RECORD_STATES = [
  "registered",
  "not_registered",
  "unclassified",
  "duplicate",
  "withdrawn",
  "held",
  "refused",
] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** Hours are recognised under a named rule set; platforms' registered hours stand as they are under this one. */
export const AS_REGISTERED = "as-registered";

/**
 * - `posting` puts a record into a state; it counts only when the state is `registered`.
 * - `reversal` takes back exactly one earlier posting (`reverses` is its sequence), hours negated.
 * - `identity` states by which name the person is known from here on; by none: the person was erased, and the chain ends.
 */
export type EntryKind = "posting" | "reversal" | "identity";

/**
 * What an entry says; sequence, times and hashes are added when it is posted. One record can stand in several *slots*:
 * the main one (`MAIN_SLOT`), and one for each refused or held row, named by `held` or `refused` and its content digest.
 */
export interface EntryBody {
  readonly kind: EntryKind;
  /** Sequence of the posting that a reversal takes back; null otherwise. */
  readonly reverses: number | null;
  readonly recordKey: string | null;
  readonly slot: string;
  readonly source: string | null;
  readonly recordId: string | null;
  /** The platform of record that the source registers for, or the source itself. */
  readonly platform: string | null;
  readonly state: RecordState | null;
  /** Stable reason for a state that does not count; null for registered. */
  readonly code: string | null;
  /** Signed hundredths: negative in a reversal; null when unreadable, and in identity entries. */
  readonly hoursHundredths: number | null;
  readonly subject: Subject | null;
  readonly attributedYear: number | null;
  readonly obtainedOn: LocalDate | null;
  readonly pathway: string | null;
  /** When the assessment (考核) was passed; null when nobody says so. */
  readonly assessedOn: LocalDate | null;
  /** The recognition rule set under which the hours stand. */
  readonly recognition: string | null;
  /** Title of the course or achievement; never personal data. */
  readonly title: string | null;
  /** How the subject was found, e.g. `catalogue:103=3=professional`. */
  readonly trace: string | null;
  /** Comma-joined flags in the order of FLAGS; empty when none. */
  readonly flags: string;
  /** Content digest (hex) of the version that the entry rests on. */
  readonly sourceDigest: string | null;
  readonly updateTimeMs: number | null;
  /** Why the entry was made: `posted`, `superseded`, `reclassified`, `flags_changed`, `duplicate_changed`, `decided`, `readmitted`, a kind of correction … */
  readonly reason: string;
  /** Who: a service or a key's public name. */
  readonly actor: string;
  /** The reason in words and the document it rests on, as a source or an operator gave it; null otherwise. */
  readonly note: string | null;
  /** Keyed name digest (hex) in identity entries; null otherwise, and where the person was erased. */
  readonly nameDigest: string | null;
}

/** An entry as it stands in a practitioner's chain. */
export interface Entry extends EntryBody {
  readonly practitionerId: string;
  /** 1, 2, 3 … per practitioner. */
  readonly sequence: number;
  readonly postingId: string;
  /** Milliseconds since 1970 UTC, monotonic per practitioner. */
  readonly recordedAtMs: number;
  /** SHA-256, hex: H(previous ‖ H(fields)). */
  readonly hash: string;
}

export const MAIN_SLOT = "";

/** The columns of an entry that a projection reads. */
export type ProjectableEntry = Pick<
  Entry,
  | "sequence"
  | "kind"
  | "reverses"
  | "recordKey"
  | "slot"
  | "source"
  | "recordId"
  | "platform"
  | "state"
  | "code"
  | "hoursHundredths"
  | "subject"
  | "attributedYear"
  | "obtainedOn"
  | "pathway"
  | "assessedOn"
  | "recognition"
  | "flags"
  | "updateTimeMs"
  | "nameDigest"
  | "hash"
>;
