import {
  type LocalDate,
  normaliseName,
  type RecordVersion,
  type ResidentId,
  recordKeyOf,
  SUBJECTS,
} from "@xueshi/domain";
import { sha256Hex, type Vault } from "@xueshi/vault";
import { idNumberOf } from "../make-records.ts";

/** A fictional person as the ledger knows one. */
export interface BenchPerson {
  readonly index: number;
  readonly idNumber: string;
  readonly practitionerId: string;
  readonly nameDigest: string;
}

/** Where the hours are registered: the platform of record of the place that the checks ask about. */
export const BENCH_PLATFORM = "quzhou-city";
export const BENCH_NAME = "王小明";

const YEAR_FIRST = 2016;
const YEARS = 5;
const MONTHS = 12;
const DAYS = 28;
const COMMON_EVERY = 4;

export function makePerson(index: number, vault: Vault): BenchPerson {
  const idNumber = idNumberOf(index);
  const practitionerId = vault.practitionerIdOf(idNumber as ResidentId);
  return { index, idNumber, practitionerId, nameDigest: vault.nameDigestOf(practitionerId, normaliseName(BENCH_NAME)) };
}

/** The nth record of a person, as the platform's rows are admitted; the same numbers make the same record. */
export function makeVersion({ index, practitionerId, nameDigest }: BenchPerson, nth: number): RecordVersion {
  const recordId = `B${index}-${nth}`;
  const attributedYear = YEAR_FIRST + (nth % YEARS);
  const [month, day] = [1 + ((index + nth) % MONTHS), 1 + ((index * 7 + nth) % DAYS)];
  const date = `${attributedYear}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` as LocalDate;
  const subject = nth % COMMON_EVERY === 0 ? SUBJECTS[1 + (nth % 2)] : SUBJECTS[0];
  return {
    recordKey: recordKeyOf(sha256Hex, BENCH_PLATFORM, recordId),
    ...{ source: BENCH_PLATFORM, recordId, practitionerId, nameDigest, nameVariantDigest: null },
    ...{ updateTimeMs: Date.parse(`${date}T08:00:00Z`), contentDigest: sha256Hex(recordId), status: "final" },
    ...{ hoursHundredths: 100 * (1 + (nth % 8)), subjectCode: subject ?? "professional", subjectBasis: "name" },
    ...{ title: `专业技术人员继续教育（${index}-${nth}）`, provider: "衢州学院继续教育学院", obtainedOn: date },
    ...{ studiedFrom: null, studiedUntil: date, attributedYear, yearBasis: "obtained_on", pathway: null },
    ...{ assessedOn: null, flags: "", note: null, voidedBy: null },
  };
}
