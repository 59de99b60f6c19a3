import { type FieldErrorCode, fieldError, type Language, type RowCorrection } from "@xueshi/contracts";
import { readSealedPerson, type Transaction } from "@xueshi/database";
import {
  admitRecord,
  type IdType,
  numberOf,
  type PersonId,
  type PlatformRecord,
  type RecordVersion,
  type RefusalCode,
  withoutHold,
} from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import type { RawRecord } from "./open-raw-row.ts";
import type { QuarantineRow } from "./quarantine-row.ts";

/** A corrected version with the person whom it names. */
export interface CorrectedRow {
  readonly version: RecordVersion;
  readonly id: PersonId;
  readonly name: string;
}

/** Where a refusal's reason lies in a correction. */
const FIELD_OF: Readonly<Record<RefusalCode, readonly [field: string, code: FieldErrorCode]>> = {
  record_invalid: ["name", "required"],
  id_invalid: ["idNumber", "id_invalid"],
  hours_invalid: ["hours", "hours_invalid"],
  date_invalid: ["obtainedOn", "date_invalid"],
  year_invalid: ["attributedYear", "format_wrong"],
  status_invalid: ["status", "required"],
  update_time_invalid: ["updateTime", "required"],
  erased: ["idNumber", "erased"],
};

export interface CorrectionToMake {
  readonly row: QuarantineRow;
  readonly correction: RowCorrection;
  readonly document: string | null;
  readonly decisionId: string;
  readonly language: Language;
}

/**
 * Makes the version that takes a row's place: the row as it came, with what the operator put right, judged like any other.
 * It has the row's update time, so that whatever the source sends later takes its place, and content of its own.
 * Throws `validation_failed`, which names the field that would still be refused.
 */
export function correctRow(
  context: Pick<IngestionContext, "vault" | "sources">,
  base: RawRecord,
  { row, correction, document, decisionId, language }: CorrectionToMake,
): CorrectedRow {
  const record = corrected(base, row, correction);
  const content = sha256Hex(`corrected\u0000${decisionId}\u0000${JSON.stringify(record)}`);
  const admission = admitRecord(record, content, admissionContextOf(context));
  if (admission.kind === "refused") {
    const [field, code] = FIELD_OF[admission.row.code];
    throw new HttpProblem("validation_failed", { errors: [fieldError(`correction.${field}`, code, language)] });
  }
  const { id, name } = admission;
  // An operator who corrects a row has looked at it.
  const version = { ...admission.version, flags: withoutHold(admission.version.flags), note: document };
  return { version, id, name };
}

const STATUS = { draft: "pending", submitted: "pending", final: "final", withdrawn: "withdrawn" } as const;

function corrected(base: RawRecord, row: QuarantineRow, correction: RowCorrection): PlatformRecord {
  const { subject, subjectCode, status, updateTime, ...said } = correction;
  return {
    ...base,
    ...defined(said),
    source: row.source,
    recordId: row.recordId,
    subjectCode: subject ?? subjectCode ?? base.subjectCode,
    subjectBasis: subject === undefined ? (subjectCode === undefined ? base.subjectBasis : "code") : "name",
    status: status === undefined ? base.status : STATUS[status],
    updateTimeMs: row.updateTimeMs ?? updateTime ?? null,
  };
}

function defined<Fields extends object>(fields: Fields): { [K in keyof Fields]: Exclude<Fields[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/**
 * What a correction begins with where the row as it came is gone: the version as it is kept, under the person's known name,
 * or for a refused row the little that is kept of it.
 */
export async function keptRecord(tx: Transaction, context: IngestionContext, row: QuarantineRow): Promise<RawRecord> {
  const { version } = row;
  const sealed = row.practitionerId === null ? null : await readSealedPerson(tx, row.practitionerId);
  const person = sealed === null ? null : context.vault.openPerson(sealed);
  const isKnownName =
    person !== null &&
    row.practitionerId !== null &&
    version?.nameDigest === context.vault.nameDigestOf(row.practitionerId, person.name);
  const text = (value: string | number | null | undefined) => (value == null ? "" : String(value));
  return {
    ...idOf(person?.id as PersonId | undefined),
    name: isKnownName && person !== null ? person.name : "",
    title: row.title,
    provider: version?.provider ?? null,
    hours: hoursText(row.hoursHundredths),
    subjectCode: text(version?.subjectCode),
    subjectBasis: version?.subjectBasis ?? "code",
    status: version?.status ?? "final",
    obtainedOn: text(row.obtainedOn),
    studiedFrom: version?.studiedFrom ?? null,
    studiedUntil: version?.studiedUntil ?? null,
    attributedYear: version?.yearBasis === "obtained_on" ? null : row.attributedYear,
    pathway: version?.pathway ?? null,
    assessedOn: version?.assessedOn ?? null,
    updateTimeMs: row.updateTimeMs,
    otherFields: {},
  };
}

function idOf(id: PersonId | undefined): Pick<RawRecord, "idNumber" | "idType"> {
  if (id === undefined) return { idNumber: "" };
  const kind = id.includes(":") ? { idType: id.slice(0, id.indexOf(":")) as IdType } : {};
  return { ...kind, idNumber: numberOf(id) };
}

/** Hundredths as the text that they would have come as. */
function hoursText(hundredths: number | null): string {
  if (hundredths === null) return "";
  const fraction = String(hundredths % 100).padStart(2, "0");
  return `${Math.trunc(hundredths / 100)}.${fraction}`;
}
