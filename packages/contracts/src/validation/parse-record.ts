import {
  ID_TYPES,
  type IdType,
  type PlatformRecord,
  parseInstant,
  type RecordStatus,
  type RefusalCode,
} from "@xueshi/domain";
import type { Language } from "../language.ts";
import { type PushedRecord, recordSchema } from "../schemas/record.ts";
import type { FieldError } from "./field-errors.ts";
import { parseBody } from "./parse-body.ts";

/** A pushed record by shape: either what admission judges next, or a refusal with all that could be read of it. */
export type ParsedRecord =
  | { readonly ok: true; readonly record: PlatformRecord }
  | {
      readonly ok: false;
      readonly code: RefusalCode;
      readonly errors: readonly FieldError[];
      /** What could be read as text, so that the refused row can be tied to its record and its person. */
      readonly readable: ReadableFields;
    };

interface ReadableFields {
  readonly recordId: string | null;
  /** Null: it names none of the kinds. */
  readonly idType: IdType | null;
  readonly idNumber: string | null;
  readonly title: string;
}

const STATUS: Readonly<Record<string, RecordStatus>> = {
  draft: "pending",
  submitted: "pending",
  final: "final",
  withdrawn: "withdrawn",
};

/** The code by the field at fault, in the order in which admission judges (platforms.md, rule 2). */
const CODE_BY_PATH: readonly (readonly [path: string | null, code: RefusalCode])[] = [
  ["practitioner.idNumber", "id_invalid"],
  ["hours", "hours_invalid"],
  [null, "record_invalid"],
  ["status", "status_invalid"],
  ["updateTime", "update_time_invalid"],
  ["obtainedOn", "date_invalid"],
  ["attributedYear", "year_invalid"],
];

/**
 * Reads one element of `records`. Only its shape is judged here: ids, hours, dates, years and status words stay as they
 * came and are judged by admission. Without an update time of its own a record carries its arrival (ms since 1970 UTC).
 */
export function parseRecord(raw: unknown, source: string, arrivedAtMs: number, language: Language): ParsedRecord {
  const parsed = parseBody(recordSchema, raw, language);
  if (parsed.ok) return { ok: true, record: toPlatformRecord(parsed.value, source, arrivedAtMs) };
  return { ok: false, code: refusalCode(parsed.errors), errors: parsed.errors, readable: readable(raw) };
}

function toPlatformRecord(value: PushedRecord, source: string, arrivedAtMs: number): PlatformRecord {
  return {
    source,
    recordId: value.recordId,
    ...(value.practitioner.idType === "resident-id" ? {} : { idType: value.practitioner.idType }),
    idNumber: value.practitioner.idNumber,
    name: value.practitioner.name,
    title: value.title,
    provider: value.provider ?? null,
    hours: value.hours,
    subjectCode: value.subject ?? value.subjectCode ?? "",
    subjectBasis: value.subject == null ? "code" : "name",
    status: value.status === undefined ? "final" : statusOf(value.status),
    obtainedOn: value.obtainedOn,
    studiedFrom: value.studiedFrom ?? null,
    studiedUntil: value.studiedUntil ?? null,
    attributedYear: value.attributedYear ?? null,
    pathway: value.pathway ?? null,
    assessedOn: value.assessedOn ?? null,
    updateTimeMs: value.updateTime == null ? arrivedAtMs : parseInstant(value.updateTime.trim()),
    otherFields: value.revision === undefined ? {} : { revision: value.revision },
  };
}

function statusOf(word: string): RecordStatus {
  return Object.hasOwn(STATUS, word) ? (STATUS[word] ?? "unknown") : "unknown";
}

function refusalCode(errors: readonly FieldError[]): RefusalCode {
  for (const [path, code] of CODE_BY_PATH) {
    const hit = path === null ? errors.some((error) => !isOwnField(error.path)) : errors.some((e) => e.path === path);
    if (hit) return code;
  }
  return "record_invalid";
}

function isOwnField(path: string): boolean {
  return CODE_BY_PATH.some(([known]) => known === path);
}

function readable(raw: unknown): ReadableFields {
  const practitioner = fieldOf(raw, "practitioner");
  const idType = shortText(fieldOf(practitioner, "idType"), 64)?.trim().toLowerCase();
  return {
    recordId: shortText(fieldOf(raw, "recordId"), 128),
    idType: ID_TYPES.find((type) => type === idType) ?? null,
    idNumber: shortText(fieldOf(practitioner, "idNumber"), 64),
    title: shortText(fieldOf(raw, "title"), 512) ?? "",
  };
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function shortText(value: unknown, charactersMax: number): string | null {
  if (typeof value !== "string" || value.length === 0 || value.length > charactersMax) return null;
  return value.isWellFormed() && !value.includes("\u0000") ? value : null;
}
