import { normaliseText, type PlatformRecord } from "@xueshi/domain";
import { compileMapping } from "./compile-mapping.ts";
import type { Mapping } from "./mapping.ts";

/** One record of `POST /v1/records`, of the right shape; what it says is judged by admission like a pulled row. */
export interface PushedRecord {
  readonly recordId: string;
  readonly revision?: number | undefined;
  readonly practitioner: { readonly idType: string; readonly idNumber: string; readonly name: string };
  readonly title: string;
  readonly provider?: string | null | undefined;
  readonly hours: number | string;
  readonly subject?: string | null | undefined;
  readonly subjectCode?: string | null | undefined;
  readonly obtainedOn: string;
  readonly studiedFrom?: string | null | undefined;
  readonly studiedUntil?: string | null | undefined;
  readonly attributedYear?: number | string | null | undefined;
  readonly pathway?: string | null | undefined;
  readonly status?: string | undefined;
  readonly updateTime?: string | null | undefined;
}

const PUSH_MAPPING: Mapping = {
  fields: {
    recordId: "recordId",
    idNumber: "idNumber",
    name: "name",
    title: "title",
    provider: "provider",
    hours: "hours",
    subjectCode: "subjectCode",
    status: "status",
    obtainedOn: "obtainedOn",
    studiedFrom: "studiedFrom",
    studiedUntil: "studiedUntil",
    attributedYear: "attributedYear",
    pathway: "pathway",
    updateTime: "updateTime",
  },
  otherFields: ["revision", "idType"],
  updateTimeForm: "text",
  attributedYearSent: "optional",
  statuses: { draft: "pending", submitted: "pending", final: "final", withdrawn: "withdrawn" },
  withdrawnFlag: null,
  totalRow: null,
};

/**
 * Maps a pushed record. Its update time is the one it carries, else its arrival (platforms.md, rule 10).
 * @param source who pushed it
 * @param receivedAtMs arrival, milliseconds since 1970 UTC
 * @returns null when the record id is empty: such a record cannot be named, so it cannot be kept
 */
export function mapPushedRecord(source: string, record: PushedRecord, receivedAtMs: number): PlatformRecord | null {
  const mapped = compileMapping(PUSH_MAPPING).mapRow(source, flatten(record));
  if (mapped.kind !== "record") return null;
  const carriesTime = typeof record.updateTime === "string" && normaliseText(record.updateTime) !== "";
  return carriesTime ? mapped.record : { ...mapped.record, updateTimeMs: receivedAtMs };
}

/** The parsed fields of a pushed record but the update time, as JSON with sorted keys. */
export function parsedPushedContent(record: PushedRecord): string {
  return compileMapping(PUSH_MAPPING).parsedContent(flatten(record));
}

/** One level of fields; what was not sent, sent as null or left to its default reads the same. */
function flatten(record: PushedRecord): Readonly<Record<string, unknown>> {
  const { practitioner, subject, subjectCode, status, attributedYear, ...rest } = record;
  const row: Record<string, unknown> = {
    ...rest,
    idType: practitioner.idType,
    idNumber: practitioner.idNumber,
    name: practitioner.name,
    subjectCode: subject ?? subjectCode,
    status: status ?? "final",
    attributedYear: typeof attributedYear === "number" ? String(attributedYear) : attributedYear,
  };
  for (const key of Object.keys(row)) if (row[key] === undefined || row[key] === null) delete row[key];
  return row;
}
