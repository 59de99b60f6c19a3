import type { TableColumns, TransferredColumn, ValueType } from "./table-columns.ts";

/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

interface ValueFormat {
  readonly schema: JsonSchema;
  readonly accepts: (value: unknown) => boolean;
}

const integer = (minimum: number, maximum: number): ValueFormat => ({
  schema: { type: "integer", minimum, maximum },
  accepts: (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
});

const pattern = (text: string, says: string): ValueFormat => {
  const expression = new RegExp(text);
  return {
    schema: { type: "string", pattern: text, description: says },
    accepts: (value) => typeof value === "string" && expression.test(value),
  };
};

/** Text of PostgreSQL: no NUL, and no half of a surrogate pair, which JSON could write. */
const text: ValueFormat = {
  schema: { type: "string" },
  accepts: (value) => typeof value === "string" && value.isWellFormed() && !value.includes("\u0000"),
};

const anything: ValueFormat = { schema: {}, accepts: (value) => value !== null };

const FORMATS: Readonly<Record<ValueType, ValueFormat>> = {
  bigint: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  boolean: { schema: { type: "boolean" }, accepts: (value) => typeof value === "boolean" },
  bytea: pattern("^(?:[0-9a-f]{2})*$", "bytes, hexadecimal"),
  date: pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day, yyyy-mm-dd"),
  integer: integer(-2_147_483_648, 2_147_483_647),
  json: anything,
  jsonb: anything,
  smallint: integer(-32_768, 32_767),
  text,
  "timestamp with time zone": pattern(
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?\\+00:00$",
    "an instant in UTC, ISO 8601",
  ),
  uuid: pattern("^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "a UUID, RFC 9562"),
};

/**
 * What is wrong with a row of a line, without any of its values: the field at fault and the form that it should have.
 * Null: it has every field of the table in its form, and no other.
 */
export function faultOfRow({ columns }: TableColumns, row: unknown): string | null {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return "row is not an object";
  const given = row as Readonly<Record<string, unknown>>;
  for (const column of columns) {
    if (!(column.field in given)) return `${column.field} is missing`;
    if (!acceptsValue(column, given[column.field])) return `${column.field} is not ${formOf(column)}`;
  }
  const known = new Set(columns.map(({ field }) => field));
  const other = Object.keys(given).find((field) => !known.has(field));
  return other === undefined ? null : "it has a field that the table has not";
}

function acceptsValue({ type, isArray, isNullable }: TransferredColumn, value: unknown): boolean {
  if (value === null) return isNullable;
  const { accepts } = FORMATS[type];
  return isArray ? Array.isArray(value) && value.every(accepts) : accepts(value);
}

function formOf({ type, isArray, isNullable }: TransferredColumn): string {
  const said = FORMATS[type].schema.description ?? type;
  return `${isArray ? `a list, each ${said}` : said}${isNullable ? ", or null" : ""}`;
}

/** The form of a table's rows. */
export function rowSchema({ columns }: TableColumns): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(columns.map((column) => [column.field, valueSchema(column)])),
    required: columns.map(({ field }) => field),
    additionalProperties: false,
  };
}

function valueSchema({ type, isArray, isNullable }: TransferredColumn): JsonSchema {
  const { schema } = FORMATS[type];
  const value = isArray ? { type: "array", items: schema } : schema;
  if (!isNullable || Object.keys(value).length === 0) return value;
  return { anyOf: [value, { type: "null" }] };
}
