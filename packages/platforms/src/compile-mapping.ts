import { normaliseText, type PlatformRecord } from "@xueshi/domain";
import { canonicalJson, isWithinDepth } from "./canonical-json.ts";
import type { Mapping } from "./mapping.ts";
import { writeParsedContent } from "./parsed-content.ts";
import { createStatusReader, readText, readUpdateTime } from "./read-fields.ts";
import { createShapeLookup } from "./row-shape.ts";

/** What a raw row is: a record, a row that only sums up others, or something that cannot be a record. */
export type MappedRow =
  | { readonly kind: "record"; readonly record: PlatformRecord }
  | { readonly kind: "total_row" }
  | { readonly kind: "malformed"; readonly recordId: string | null; readonly raw: unknown };

export interface CompiledMapping {
  readonly mapRow: (source: string, row: unknown) => MappedRow;
  readonly parsedContent: (row: unknown) => string;
  readonly updateTimeMsOf: (row: unknown) => number | null;
}

type RawRow = Readonly<Record<string, unknown>>;

const compiled = new WeakMap<Mapping, CompiledMapping>();

/** The functions of one mapping, made once: they remember the shapes of its rows. */
export function compileMapping(mapping: Mapping): CompiledMapping {
  const known = compiled.get(mapping);
  if (known !== undefined) return known;
  const made = compile(mapping);
  compiled.set(mapping, made);
  return made;
}

function compile(mapping: Mapping): CompiledMapping {
  const shapeOf = createShapeLookup(mapping);
  const readRecord = createRecordReader(mapping, (row) => otherFieldsOf(row, shapeOf(row).otherKeys));
  const isTotalRow = createTotalRowTest(mapping);
  const updateTimeField = mapping.fields.updateTime;
  return {
    mapRow(source, row) {
      if (!isRawRow(row) || !isWithinDepth(row)) return { kind: "malformed", recordId: null, raw: row };
      if (isTotalRow(row)) return { kind: "total_row" };
      const record = readRecord(source, row);
      if (record !== null) return { kind: "record", record };
      const recordId = normaliseText(readText(row[mapping.fields.recordId]) ?? "");
      return { kind: "malformed", recordId: recordId === "" ? null : recordId, raw: row };
    },
    parsedContent(row) {
      return isRawRow(row) ? writeParsedContent(row, shapeOf(row)) : canonicalJson(row);
    },
    updateTimeMsOf: (row) => (isRawRow(row) ? readUpdateTime(row[updateTimeField], mapping.updateTimeForm) : null),
  };
}

function createRecordReader(
  mapping: Mapping,
  otherFieldsOfRow: (row: RawRow) => Readonly<Record<string, unknown>>,
): (source: string, row: RawRow) => PlatformRecord | null {
  const { fields } = mapping;
  const statusOf = createStatusReader(mapping);
  const idTypeOf = createIdTypeReader(mapping);
  const isYearOptional = mapping.attributedYearSent === "optional";
  return (source, row) => {
    const recordId = readText(row[fields.recordId]);
    const idNumber = readText(row[fields.idNumber]);
    const name = readText(row[fields.name]);
    const title = readText(row[fields.title]);
    const hours = readNumberOrText(row[fields.hours]);
    const subjectCode = readText(row[fields.subjectCode]);
    const obtainedOn = readText(row[fields.obtainedOn]);
    const year = fields.attributedYear === null ? null : readNumberOrText(row[fields.attributedYear]);
    if (recordId === null || idNumber === null || name === null || title === null) return null;
    if (hours === null || subjectCode === null || obtainedOn === null) return null;
    if (fields.attributedYear !== null && year === null) return null;
    if (normaliseText(recordId) === "") return null;
    return {
      source,
      recordId,
      ...idTypeOf(row),
      idNumber,
      name,
      title,
      provider: readOptional(row, fields.provider),
      hours,
      subjectCode,
      subjectBasis: "code",
      status: statusOf(row),
      obtainedOn,
      studiedFrom: readOptional(row, fields.studiedFrom),
      studiedUntil: readOptional(row, fields.studiedUntil),
      attributedYear: isYearOptional && year === "" ? null : year,
      pathway: readOptional(row, fields.pathway),
      assessedOn: readOptional(row, fields.assessedOn),
      updateTimeMs: readUpdateTime(row[fields.updateTime], mapping.updateTimeForm),
      otherFields: otherFieldsOfRow(row),
    };
  };
}

const NO_TYPE = {} as const;

/** The kind of document of a row; a word that the mapping does not list leaves no number that could be valid. */
function createIdTypeReader(mapping: Mapping): (row: RawRow) => Pick<PlatformRecord, "idType"> {
  const { idTypeDefault = "resident-id" } = mapping;
  const field = mapping.fields.idType;
  const byDefault = idTypeDefault === "resident-id" ? NO_TYPE : { idType: idTypeDefault };
  if (field === undefined) return () => byDefault;
  const words = new Map(Object.entries(mapping.idTypes ?? {}));
  return (row) => {
    const word = normaliseText(readText(row[field]) ?? "?");
    if (word === "") return byDefault;
    const idType = words.get(word);
    return idType === "resident-id" ? NO_TYPE : { idType: idType ?? "unknown" };
  };
}

function readNumberOrText(value: unknown): string | number | null {
  return typeof value === "number" ? value : readText(value);
}

/** A field that need not be sent: null when it is absent, empty or no scalar. */
function readOptional(row: RawRow, field: string | null): string | null {
  if (field === null) return null;
  const text = readText(row[field]);
  return text === "" ? null : text;
}

function otherFieldsOf(row: RawRow, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const others: Record<string, unknown> = {};
  for (const key of keys) others[key] = row[key];
  return others;
}

function createTotalRowTest(mapping: Mapping): (row: RawRow) => boolean {
  const { totalRow } = mapping;
  if (totalRow === null) return () => false;
  const values = new Set(totalRow.values);
  return (row) => {
    const text = readText(row[totalRow.field]);
    return text !== null && values.has(normaliseText(text));
  };
}

function isRawRow(row: unknown): row is RawRow {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}
