import type { Language } from "@xueshi/contracts";
import { parseRecord } from "@xueshi/contracts";
import {
  type AdmissionContext,
  type IdType,
  normaliseName,
  normaliseResidentId,
  normaliseText,
  type PersonId,
  type PlatformRecord,
  parseDateOrInstant,
  parseHours,
  parsePersonId,
  parseResidentId,
  type RefusedRow,
  recordKeyOf,
} from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IncomingRow } from "./judge-rows.ts";

/** A pushed element of the wrong shape: the row as it is refused, and the fields at fault for the receipt. */
export interface MisshapenRow {
  readonly kind: "misshapen";
  readonly row: RefusedRow;
  readonly errors: Extract<ReturnType<typeof parseRecord>, { ok: false }>["errors"];
}

/** Reads one element of a push. What is of the right shape goes the way of every row; the rest is refused here. */
export function pushedRow(
  raw: unknown,
  source: string,
  receivedAtMs: number,
  language: Language,
  context: AdmissionContext,
): IncomingRow | MisshapenRow {
  const parsed = parseRecord(raw, source, receivedAtMs, language);
  if (parsed.ok) return { kind: "record", record: parsed.record, content: pushedContent(parsed.record) };
  const { recordId, idType, idNumber, title } = parsed.readable;
  const contentDigest = sha256Hex(`misshapen\u0000${JSON.stringify(raw)}`);
  const id = idNumber === null ? null : readId(idType, idNumber);
  const normalId = recordId === null ? "" : normaliseText(recordId);
  return {
    kind: "misshapen",
    errors: parsed.errors,
    row: {
      recordKey: recordKeyOf(context.sha256Hex, source, normalId === "" ? contentDigest : normalId),
      source,
      recordId: normalId,
      practitionerId: id === null ? null : context.practitionerIdOf(id),
      contentDigest,
      updateTimeMs: receivedAtMs,
      code: parsed.code,
      title: normaliseText(title),
      obtainedOn: null,
      attributedYear: null,
    },
  };
}

/** A resident id names one person whatever kind it is said to be; a number of no known kind could be of anything. */
function readId(idType: IdType | null, idNumber: string): PersonId | null {
  return (idType === null ? null : parsePersonId(idType, idNumber)) ?? parseResidentId(idNumber);
}

/**
 * The parsed fields of a pushed record but the update time, as JSON with sorted keys: what its content digest is taken
 * over. What reads the same after normalising is the same content. Source: platforms.md, rule 1.
 */
export function pushedContent(record: PlatformRecord): string {
  const text = (value: string | null) => (value === null ? null : normaliseText(value));
  const date = (value: string | null) =>
    value === null ? null : (parseDateOrInstant(normaliseText(value)) ?? text(value));
  return JSON.stringify({
    // Left out where there is none, as it was before records could carry one: the same content has the same digest.
    ...((text(record.assessedOn) ?? "") !== "" && { assessedOn: date(record.assessedOn) }),
    attributedYear: text(record.attributedYear === null ? null : String(record.attributedYear)),
    hours: parseHours(record.hours) ?? text(String(record.hours)),
    idNumber: normaliseResidentId(record.idNumber),
    // Left out of resident ids, as it was before there were other kinds: the same content has the same digest.
    ...(record.idType !== undefined && { idType: record.idType }),
    name: normaliseName(record.name),
    obtainedOn: date(record.obtainedOn),
    otherFields: record.otherFields,
    pathway: text(record.pathway),
    provider: text(record.provider),
    recordId: text(record.recordId),
    status: record.status,
    studiedFrom: date(record.studiedFrom),
    studiedUntil: date(record.studiedUntil),
    subjectCode: text(record.subjectCode),
    title: text(record.title),
  });
}
