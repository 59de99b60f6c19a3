/** The part of JSON Schema (draft 2020-12) that the published schema of the lines uses. */
export interface TestSchema {
  readonly oneOf?: readonly TestSchema[];
  readonly anyOf?: readonly TestSchema[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: TestSchema;
  readonly properties?: Readonly<Record<string, TestSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: TestSchema | boolean;
}

/** Whether a value is as a schema says: a reading of the standard that shares nothing with what checks an import. */
export function acceptsJson(schema: TestSchema, value: unknown): boolean {
  const { oneOf, anyOf, type, pattern, minimum, maximum, items } = schema;
  if (oneOf !== undefined && oneOf.filter((one) => acceptsJson(one, value)).length !== 1) return false;
  if (anyOf !== undefined && !anyOf.some((one) => acceptsJson(one, value))) return false;
  if ("const" in schema && schema.const !== value) return false;
  if (type !== undefined && ![type].flat().some((one) => isOfType(one, value))) return false;
  if (typeof value === "string" && pattern !== undefined && !new RegExp(pattern, "u").test(value)) return false;
  if (typeof value === "number" && (value < (minimum ?? value) || value > (maximum ?? value))) return false;
  if (Array.isArray(value)) return items === undefined || value.every((one) => acceptsJson(items, one));
  return typeof value !== "object" || value === null || acceptsFields(schema, value as Record<string, unknown>);
}

function acceptsFields(
  { properties = {}, required = [], additionalProperties = true }: TestSchema,
  value: Readonly<Record<string, unknown>>,
): boolean {
  if (!required.every((field) => field in value)) return false;
  return Object.entries(value).every(([field, inner]) => {
    const own = properties[field] ?? additionalProperties;
    return typeof own === "boolean" ? own : acceptsJson(own, inner);
  });
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
