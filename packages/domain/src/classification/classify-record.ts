import type { SubjectBasis } from "../acquisition/platform-record.ts";
import type { RecordVersion } from "../admission/record-version.ts";
import { type Sha256Hex, uuidFromDigest } from "../values/keys.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import { normaliseTitle } from "../values/text.ts";

/** What an operator decided of one record; it stands above the platform's own tables (design invariant 14). */
export interface ClassificationDecision {
  readonly subject: Subject | null;
  /** True when the record is no duplicate, whatever the same-achievement rule says. */
  readonly countsBesides: boolean;
}

export interface Classification {
  readonly subject: Subject | null;
  readonly trace: string;
  /** Groups records of one person that may be the same achievement; null where the rule does not apply. */
  readonly achievementKey: string | null;
}

/** The platform's answer for a subject code: its course catalogue first, then its code table. */
export type SubjectLookup = (
  source: string,
  subjectCode: string,
  basis: SubjectBasis,
) => { subject: Subject | null; trace: string };

/**
 * Finds the subject of a record (catalogue → code table → operator's decision) and its same-achievement key over
 * (platform of record, subject, obtained date, normalised title). A record without subject is nobody's duplicate.
 * Source: platforms.md, rule 3; ARCHITECTURE.md, invariants 14 and 15.
 */
export function classifyRecord(
  version: RecordVersion,
  platformOfRecord: string,
  lookup: SubjectLookup,
  decision: ClassificationDecision | null,
  sha256Hex: Sha256Hex,
): Classification {
  const found = lookup(version.source, version.subjectCode, version.subjectBasis);
  const subject = decision?.subject ?? found.subject;
  const trace = decision?.subject == null ? found.trace : `${found.trace};operator=${decision.subject}`;
  if (subject === null || version.obtainedOn === null || decision?.countsBesides === true) {
    return { subject, trace, achievementKey: null };
  }
  const achievementKey = achievementKeyOf(sha256Hex, platformOfRecord, subject, version.obtainedOn, version.title);
  return { subject, trace, achievementKey };
}

/** The key that records of one person share which may be the same achievement (platforms.md, rule 3). */
export function achievementKeyOf(
  sha256Hex: Sha256Hex,
  platformOfRecord: string,
  subject: Subject,
  obtainedOn: LocalDate,
  title: string,
): string {
  const parts = [platformOfRecord, subject, obtainedOn, normaliseTitle(title)];
  return uuidFromDigest(sha256Hex(`achievement\u0000${parts.join("\u0000")}`));
}
