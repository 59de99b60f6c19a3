import { normaliseName, normaliseResidentId, normaliseText, parseDateOrInstant, parseHours } from "@xueshi/domain";
import { canonicalJson } from "./canonical-json.ts";
import type { FieldKind, RowShape } from "./row-shape.ts";

const ZERO_HOURS_PATTERN = /^0+(?:\.0{1,2})?$/;

/**
 * The parsed fields of a row but the update time, as JSON with sorted keys and no spaces: hours in hundredths, dates in
 * Asia/Shanghai, ids in 18 characters, names without white space, other text after NFKC and trim, the rest as it came.
 * What cannot be parsed stays as normalised text. Source: platforms.md, "What the rows mean", rule 1.
 */
export function writeParsedContent(row: Readonly<Record<string, unknown>>, shape: RowShape): string {
  let json = "{";
  for (const field of shape.fields) {
    if (json.length > 1) json += ",";
    json += field.prefix + parsedValue(row[field.key], field.kind);
  }
  return `${json}}`;
}

function parsedValue(value: unknown, kind: FieldKind): string {
  if (typeof value === "string") {
    switch (kind) {
      case "id":
        return JSON.stringify(normaliseResidentId(value));
      case "name":
        return JSON.stringify(normaliseName(value));
      case "hours":
        return parsedHours(value);
      case "date": {
        const text = normaliseText(value);
        return JSON.stringify(parseDateOrInstant(text) ?? text);
      }
      default:
        return JSON.stringify(normaliseText(value));
    }
  }
  if (typeof value === "number") return kind === "hours" ? parsedHours(value) : JSON.stringify(value);
  return canonicalJson(value);
}

function parsedHours(value: string | number): string {
  const hoursHundredths = parseHours(value);
  if (hoursHundredths !== null) return String(hoursHundredths);
  const text = typeof value === "number" ? String(value) : normaliseText(value);
  return ZERO_HOURS_PATTERN.test(text) ? "0" : JSON.stringify(text);
}
