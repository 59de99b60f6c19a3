import type { SubjectBasis } from "../acquisition/platform-record.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { RefusalCode } from "./refusal.ts";

/**
 * Hexadecimal digits of a content digest that tell contents apart. The rest tells apart two readings of one content, as
 * after a mapping was mended: both stand in one place.
 */
export const CONTENT_DIGITS = 32;

/** Admitted statuses: `pending` rows are kept but are not registered hours. */
export type VersionStatus = "final" | "pending" | "withdrawn";

/** One version of one record as it was admitted: parsed, tied to a practitioner, without personal data in the clear. */
export interface RecordVersion {
  /** UUID of (source, record id): see `recordKeyOf`. */
  readonly recordKey: string;
  readonly source: string;
  readonly recordId: string;
  readonly practitionerId: string;
  /** Keyed digest of the normalised name, hex. */
  readonly nameDigest: string;
  /** Digest of the folded name (`foldName`), hex; null: the name is its own folded form. */
  readonly nameVariantDigest: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly updateTimeMs: number;
  /** SHA-256 over the parsed fields but the update time, hex. */
  readonly contentDigest: string;
  readonly status: VersionStatus;
  /** Null only for a withdrawn record whose hours could not be read. */
  readonly hoursHundredths: number | null;
  readonly subjectCode: string;
  readonly subjectBasis: SubjectBasis;
  readonly title: string;
  readonly provider: string | null;
  /** Null only for a withdrawn record whose date could not be read; the same for the attributed year. */
  readonly obtainedOn: LocalDate | null;
  readonly studiedFrom: LocalDate | null;
  readonly studiedUntil: LocalDate | null;
  readonly attributedYear: number | null;
  readonly yearBasis: "platform" | "obtained_on";
  readonly pathway: string | null;
  /** When the assessment (考核) was passed; null when nobody says so, or the date could not be read. */
  readonly assessedOn: LocalDate | null;
  /** Comma-joined flags in the order of FLAGS; empty when none. */
  readonly flags: string;
  /** Why a record was withdrawn, as its source said it, or the document of a correction; null otherwise. */
  readonly note: string | null;
  /** The decision by which it is left out (`voidingDecision`); null: it takes part. */
  readonly voidedBy: string | null;
}

/** A row that was refused, but could be tied to a record and perhaps to a person. */
export interface RefusedRow {
  readonly recordKey: string;
  readonly source: string;
  readonly recordId: string;
  /** Null when the id itself was the reason. */
  readonly practitionerId: string | null;
  /** SHA-256 over the row as it came, hex. */
  readonly contentDigest: string;
  readonly updateTimeMs: number | null;
  readonly code: RefusalCode;
  readonly title: string;
  readonly obtainedOn: LocalDate | null;
  readonly attributedYear: number | null;
}
