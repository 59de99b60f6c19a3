import type { IdType } from "../values/person-id.ts";

/**
 * What one source asserted about one record, mapped to the product's field names but otherwise verbatim and untrusted.
 * Every text is as it came; `null` means that the source sent nothing.
 */
export interface PlatformRecord {
  /** Who sent it: a platform (`quzhou-city`) or a training platform that registers for one (`demo-training`). */
  readonly source: string;
  readonly recordId: string;
  /** The kind of document; absent: a resident id. `detect`: whichever kind the number has the form of. */
  readonly idType?: IdType | "detect" | "unknown";
  readonly idNumber: string;
  readonly name: string;
  readonly title: string;
  readonly provider: string | null;
  readonly hours: string | number;
  /** The code by which classification finds the subject: a category, a type, or the subject's own name. */
  readonly subjectCode: string;
  /** `name` when the source said the subject by its own name (a push may); only then is the text read as one. */
  readonly subjectBasis: SubjectBasis;
  readonly status: RecordStatus;
  /** Date or instant, as text. */
  readonly obtainedOn: string;
  readonly studiedFrom: string | null;
  readonly studiedUntil: string | null;
  /** The year the platform itself attributes, or null where the year of `obtainedOn` is it (platforms.md, rule 7). */
  readonly attributedYear: string | number | null;
  readonly pathway: string | null;
  /** When the assessment (考核) was passed: date or instant, as text. */
  readonly assessedOn: string | null;
  /** Milliseconds since 1970 UTC; null when the source's text could not be read. */
  readonly updateTimeMs: number | null;
  /** Every other field the source sent, so that a change in any of them is seen. */
  readonly otherFields: Readonly<Record<string, unknown>>;
}

export type SubjectBasis = "code" | "name";

/** `pending` is a draft or submitted record; `unknown` is a status word that the platform's mapping does not list. */
export type RecordStatus = "final" | "pending" | "withdrawn" | "unknown";

/**
 * How a pull ended (ARCHITECTURE.md, invariant 13): an empty or cut-off pull is never read as "no records".
 * `suspicious`: it reached its end, but what came does not fit what the platform sent before; `cancelled`: by an operator.
 */
export type PullOutcome = "complete" | "partial" | "failed" | "suspicious" | "cancelled";
