import type { PlatformRecord } from "../acquisition/platform-record.ts";
import { parseHours } from "../values/hours.ts";
import { recordKeyOf, type Sha256Hex } from "../values/keys.ts";
import { daysInclusive, type LocalDate, localDateAt, parseDateOrInstant, yearOf } from "../values/local-date.ts";
import { parseResidentId, type ResidentId } from "../values/resident-id.ts";
import { normaliseName, normaliseText } from "../values/text.ts";
import type { RecordVersion, RefusedRow, VersionStatus } from "./record-version.ts";
import type { Flag, RefusalCode } from "./refusal.ts";

/** What admission needs from outside the core: keyed digests and the digest of the row's parsed content. */
export interface AdmissionContext {
  readonly sha256Hex: Sha256Hex;
  /** Keyed blind index of a resident id, as a UUID. */
  readonly practitionerIdOf: (id: ResidentId) => string;
  /** Keyed digest (hex) of a normalised name. */
  readonly nameDigestOf: (practitionerId: string, name: string) => string;
}

export type Admission =
  | { readonly kind: "version"; readonly version: RecordVersion; readonly id: ResidentId; readonly name: string }
  | { readonly kind: "refused"; readonly row: RefusedRow };

/** An hour of study is 45 minutes, so a day holds at most 32 of them. */
const DAY_HUNDREDTHS_MAX = 3_200;
const YEAR_MIN = 1980;
const YEAR_MAX = 2100;

/**
 * Judges one row by itself (names are compared later, against the known name): the id, then the hours, then the rest.
 * The hours check does not apply to a withdrawn row, nor does an unreadable date stop a withdrawal.
 * `contentDigest` is SHA-256 over the parsed fields but the update time, hex.
 * Source: platforms.md, "What the rows mean", rules 1, 2, 7 and 9.
 */
export function admitRecord(record: PlatformRecord, contentDigest: string, context: AdmissionContext): Admission {
  const recordId = normaliseText(record.recordId);
  const recordKey = recordKeyOf(context.sha256Hex, record.source, recordId === "" ? contentDigest : recordId);
  const obtainedOn = parseDateOrInstant(normaliseText(record.obtainedOn));
  const attributedYear = attributeYear(record.attributedYear, obtainedOn);
  const refuse = (code: RefusalCode, practitionerId: string | null): Admission => ({
    kind: "refused",
    row: {
      recordKey,
      source: record.source,
      recordId,
      practitionerId,
      contentDigest,
      updateTimeMs: record.updateTimeMs,
      code,
      title: normaliseText(record.title),
      obtainedOn,
      attributedYear,
    },
  });

  const id = parseResidentId(record.idNumber);
  if (id === null) return refuse("id_invalid", null);
  const practitionerId = context.practitionerIdOf(id);
  const withdrawn = record.status === "withdrawn";
  const hoursHundredths = parseHours(record.hours);
  if (hoursHundredths === null && !withdrawn) return refuse("hours_invalid", practitionerId);
  const name = normaliseName(record.name);
  if (recordId === "" || name === "") return refuse("record_invalid", practitionerId);
  if (record.status === "unknown") return refuse("status_invalid", practitionerId);
  if (record.updateTimeMs === null) return refuse("update_time_invalid", practitionerId);
  if (obtainedOn === null && !withdrawn) return refuse("date_invalid", practitionerId);
  const assessedOn = optionalDate(record.assessedOn);
  // It decides whether hours count, so one that cannot be read must not be taken as none.
  if (assessedOn === null && normaliseText(record.assessedOn ?? "") !== "" && !withdrawn) {
    return refuse("date_invalid", practitionerId);
  }
  if (attributedYear === null && !withdrawn) return refuse("year_invalid", practitionerId);

  const studiedFrom = optionalDate(record.studiedFrom);
  const studiedUntil = optionalDate(record.studiedUntil);
  const version: RecordVersion = {
    recordKey,
    source: record.source,
    recordId,
    practitionerId,
    nameDigest: context.nameDigestOf(practitionerId, name),
    updateTimeMs: record.updateTimeMs,
    contentDigest,
    status: record.status satisfies VersionStatus,
    hoursHundredths,
    subjectCode: normaliseText(record.subjectCode),
    subjectBasis: record.subjectBasis,
    title: normaliseText(record.title),
    provider: record.provider === null ? null : normaliseText(record.provider),
    obtainedOn,
    studiedFrom,
    studiedUntil,
    attributedYear,
    yearBasis: record.attributedYear === null ? "obtained_on" : "platform",
    pathway: record.pathway === null ? null : normaliseText(record.pathway),
    assessedOn,
    flags: flagsOf(hoursHundredths, obtainedOn, studiedFrom, studiedUntil, record.updateTimeMs).join(","),
    note: null,
  };
  return { kind: "version", version, id, name };
}

function attributeYear(platformYear: string | number | null, obtainedOn: LocalDate | null): number | null {
  if (platformYear === null) return obtainedOn === null ? null : yearOf(obtainedOn);
  const text = normaliseText(String(platformYear));
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  return year >= YEAR_MIN && year <= YEAR_MAX ? year : null;
}

/** Study dates only inform (platforms.md, rule 7): an unreadable one is left out, the row stands. */
function optionalDate(text: string | null): LocalDate | null {
  return text === null || text === "" ? null : parseDateOrInstant(normaliseText(text));
}

function flagsOf(
  hoursHundredths: number | null,
  obtainedOn: LocalDate | null,
  studiedFrom: LocalDate | null,
  studiedUntil: LocalDate | null,
  updateTimeMs: number,
): Flag[] {
  const flags: Flag[] = [];
  const last = studiedUntil ?? obtainedOn;
  if (studiedFrom !== null && last !== null && hoursHundredths !== null && studiedFrom <= last) {
    if (hoursHundredths > DAY_HUNDREDTHS_MAX * daysInclusive(studiedFrom, last))
      flags.push("more_hours_than_days_hold");
  }
  if (obtainedOn !== null && localDateAt(updateTimeMs) < obtainedOn) flags.push("updated_before_obtained");
  return flags;
}
