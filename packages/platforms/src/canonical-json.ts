import { compareText, normaliseText } from "@xueshi/domain";

/** JSON nested deeper than this is no field of a record; the bound keeps a hostile row from exhausting the stack. */
const JSON_DEPTH_MAX = 32;

/** True when the value is nested no deeper than 32 levels. */
export function isWithinDepth(value: unknown, depth: number = JSON_DEPTH_MAX): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && !isWithinDepth(inner, depth - 1)) return false;
  }
  return true;
}

/**
 * JSON with keys sorted by code point, without spaces; texts after NFKC and trim, other scalars as they are.
 * What is nested deeper than 32 levels is written as "…": such a row is malformed anyway.
 */
export function canonicalJson(value: unknown, depth: number = JSON_DEPTH_MAX): string {
  if (typeof value === "string") return JSON.stringify(normaliseText(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (depth === 0) return '"…"';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth - 1)).join(",")}]`;
  const members = Object.entries(value)
    .toSorted(([left], [right]) => compareText(left, right))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner, depth - 1)}`);
  return `{${members.join(",")}}`;
}
