import { LANGUAGES, type Language, NOTE_SEPARATOR } from "@xueshi/contracts";

type Json = Readonly<Record<string, unknown>>;

/** One field of a schema as a row of a table; `depth` is how far it is nested. */
export interface SchemaRow {
  readonly name: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly notes: string;
}

const DEPTH_MAX = 6;

/** The fields of a JSON Schema, nested ones below their parent. Alternatives are listed one after the other. */
export function schemaRows(schema: Json, language: Language, depth = 0): SchemaRow[] {
  if (depth > DEPTH_MAX) return [];
  const required = new Set(Array.isArray(schema.required) ? (schema.required as string[]) : []);
  const own = Object.entries((schema.properties as Record<string, Json> | undefined) ?? {}).flatMap(([name, field]) => [
    { name, depth, type: typeText(field), required: required.has(name), notes: notesText(field, language) },
    ...schemaRows(field, language, depth + 1),
  ]);
  const items = isJson(schema.items) ? schemaRows(schema.items, language, depth) : [];
  const alternatives = alternativesOf(schema).flatMap((alternative) => schemaRows(alternative, language, depth));
  return [...own, ...items, ...alternatives];
}

function alternativesOf(schema: Json): Json[] {
  const list = schema.anyOf ?? schema.oneOf;
  return Array.isArray(list) ? list.filter(isJson) : [];
}

function typeText(schema: Json): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(" | ");
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeText))].join(" | ");
  if (schema.type === "array" && isJson(schema.items)) return `${typeText(schema.items)}[]`;
  if (typeof schema.format === "string" && schema.type === "string") return schema.format;
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  return typeof schema.type === "string" ? schema.type : "any";
}

const BOUNDS: readonly (readonly [key: string, sign: string])[] = [
  ["minLength", "≥"],
  ["maxLength", "≤"],
  ["minItems", "≥"],
  ["maxItems", "≤"],
  ["minimum", "≥"],
  ["maximum", "≤"],
];

function notesText(schema: Json, language: Language): string {
  const bounds = BOUNDS.flatMap(([key, sign]) => {
    const bound = schema[key];
    return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? [`${sign} ${bound}`] : [];
  });
  const description = typeof schema.description === "string" ? [inLanguage(schema.description, language)] : [];
  return [...description, ...bounds].join("; ");
}

/** One language of a description that `note` made; other descriptions as they are. */
function inLanguage(description: string, language: Language): string {
  const parts = description.split(NOTE_SEPARATOR);
  return parts.length === LANGUAGES.length ? (parts[LANGUAGES.indexOf(language)] ?? description) : description;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
