import type { PlatformRecord } from "../acquisition/platform-record.ts";
import { parseHours } from "../values/hours.ts";
import { recordKeyOf, type Sha256Hex } from "../values/keys.ts";
import { type LocalDate, parseDateOrInstant, yearOf } from "../values/local-date.ts";
import { foldName } from "../values/name-variant.ts";
import { type PersonId, parsePersonId } from "../values/person-id.ts";
import { normaliseName, normaliseText } from "../values/text.ts";
import { flagsOf, PLAUSIBILITY_DEFAULT, type PlausibilityRules } from "./plausibility.ts";
import type { RecordVersion, RefusedRow, VersionStatus } from "./record-version.ts";
import type { RefusalCode } from "./refusal.ts";

/** What admission needs from outside the core: keyed digests and the digest of the row's parsed content. */
export interface AdmissionContext {
  readonly sha256Hex: Sha256Hex;
  /** Keyed blind index of a person's id, as a UUID. */
  readonly practitionerIdOf: (id: PersonId) => string;
  /** Keyed digest (hex) of a normalised name. */
  readonly nameDigestOf: (practitionerId: string, name: string) => string;
  /** The plausibility rules of a source; absent: PLAUSIBILITY_DEFAULT for all. */
  readonly plausibilityOf?: (source: string) => PlausibilityRules;
}

export type Admission =
  | { readonly kind: "version"; readonly version: RecordVersion; readonly id: PersonId; readonly name: string }
  | { readonly kind: "refused"; readonly row: RefusedRow };

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

  const id = parsePersonId(record.idType ?? "resident-id", record.idNumber);
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

  const version: Omit<RecordVersion, "flags"> = {
    recordKey,
    source: record.source,
    recordId,
    practitionerId,
    nameDigest: context.nameDigestOf(practitionerId, name),
    nameVariantDigest: variantDigest(practitionerId, name, context),
    updateTimeMs: record.updateTimeMs,
    contentDigest,
    status: record.status satisfies VersionStatus,
    hoursHundredths,
    subjectCode: normaliseText(record.subjectCode),
    subjectBasis: record.subjectBasis,
    title: normaliseText(record.title),
    provider: record.provider === null ? null : normaliseText(record.provider),
    obtainedOn,
    studiedFrom: optionalDate(record.studiedFrom),
    studiedUntil: optionalDate(record.studiedUntil),
    attributedYear,
    yearBasis: record.attributedYear === null ? "obtained_on" : "platform",
    pathway: record.pathway === null ? null : normaliseText(record.pathway),
    assessedOn,
    note: null,
    voidedBy: null,
  };
  const rules = context.plausibilityOf?.(record.source) ?? PLAUSIBILITY_DEFAULT;
  const flags = flagsOf({ ...version, isFinal: record.status === "final" }, rules);
  return { kind: "version", version: { ...version, flags }, id, name };
}

/** Names that are their own folded form, as nearly all are, need no second digest. */
function variantDigest(practitionerId: string, name: string, context: AdmissionContext): string | null {
  const folded = foldName(name);
  return folded === name ? null : context.nameDigestOf(practitionerId, folded);
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
