import type { PlatformRecord } from "../acquisition/platform-record.ts";
import type { RecordVersion, RefusedRow } from "../admission/record-version.ts";
import type { EntryBody } from "../ledger/entry.ts";
import type { PostedStanding, Standing } from "../ledger/standing.ts";
import type { LocalDate } from "../values/local-date.ts";

/** Examples for tests: a plain value of each kind, with what a test wants different. */
export function exampleRecord(changes: Partial<PlatformRecord> = {}): PlatformRecord {
  return {
    source: "quzhou-city",
    recordId: "QZ1",
    idNumber: "330899198003070011",
    name: "王伟",
    title: "土地整治（1）",
    provider: "党校",
    hours: 8,
    subjectCode: "101",
    subjectBasis: "code",
    status: "final",
    obtainedOn: "2020-03-01",
    studiedFrom: null,
    studiedUntil: null,
    attributedYear: null,
    pathway: null,
    assessedOn: null,
    updateTimeMs: Date.parse("2020-03-02T02:00:00Z"),
    otherFields: {},
    ...changes,
  };
}

export function exampleVersion(changes: Partial<RecordVersion> = {}): RecordVersion {
  return {
    recordKey: "record-1",
    source: "quzhou-city",
    recordId: "QZ1",
    practitionerId: "person-1",
    nameDigest: "name-1",
    nameVariantDigest: null,
    updateTimeMs: 1_000,
    contentDigest: "a".repeat(64),
    status: "final",
    hoursHundredths: 800,
    subjectCode: "101",
    subjectBasis: "code",
    title: "土地整治（1）",
    provider: "党校",
    obtainedOn: "2020-03-01" as LocalDate,
    studiedFrom: null,
    studiedUntil: null,
    attributedYear: 2020,
    yearBasis: "obtained_on",
    pathway: null,
    assessedOn: null,
    flags: "",
    note: null,
    voidedBy: null,
    ...changes,
  };
}

export function exampleRefusal(changes: Partial<RefusedRow> = {}): RefusedRow {
  return {
    recordKey: "record-1",
    source: "quzhou-city",
    recordId: "QZ1",
    practitionerId: "person-1",
    contentDigest: "f".repeat(64),
    updateTimeMs: 1_000,
    code: "hours_invalid",
    title: "土地整治（1）",
    obtainedOn: "2020-03-01" as LocalDate,
    attributedYear: 2020,
    ...changes,
  };
}

export function exampleStanding(changes: Partial<Standing> = {}): Standing {
  return {
    practitionerId: "person-1",
    recordKey: "record-1",
    slot: "",
    source: "quzhou-city",
    recordId: "QZ1",
    platform: "quzhou-city",
    state: "registered",
    code: null,
    hoursHundredths: 800,
    subject: "professional",
    attributedYear: 2020,
    obtainedOn: "2020-03-01" as LocalDate,
    pathway: null,
    assessedOn: null,
    title: "土地整治（1）",
    trace: "catalogue:101=3=professional",
    flags: "",
    note: null,
    sourceDigest: "a".repeat(64),
    updateTimeMs: 1_000,
    achievementKey: "achievement-1",
    ...changes,
  };
}

export function examplePosted(changes: Partial<PostedStanding> = {}): PostedStanding {
  return { ...exampleStanding(changes), sequence: changes.sequence ?? 1 };
}

export function exampleBody(changes: Partial<EntryBody> = {}): EntryBody {
  return {
    kind: "posting",
    reverses: null,
    recordKey: "018f22e2-79b0-8000-8000-000000000001",
    slot: "",
    source: "quzhou-city",
    recordId: "QZ1",
    platform: "quzhou-city",
    state: "registered",
    code: null,
    hoursHundredths: 800,
    subject: "professional",
    attributedYear: 2020,
    obtainedOn: "2020-03-01" as LocalDate,
    pathway: null,
    assessedOn: null,
    recognition: "as-registered",
    title: "土地整治（1）",
    trace: "catalogue:101=3=professional",
    flags: "",
    sourceDigest: "a".repeat(64),
    updateTimeMs: 1_583_114_400_000,
    reason: "posted",
    actor: "ledger-service",
    note: null,
    nameDigest: null,
    ...changes,
  };
}
