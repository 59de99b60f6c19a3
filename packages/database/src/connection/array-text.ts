/**
 * Array parameters as PostgreSQL's array literals, written in one pass: the driver's own serialiser visits each element
 * through several calls, which is a fifth of what storing a record costs. Cast the parameter in SQL: `${…}::uuid[]`.
 * The braces go into the first and the last element, so that one join makes the whole text and nothing copies it again.
 */

/** Elements that need no quotes: uuids, integers, hex digits, dates. */
export function plainArray(values: readonly (string | number | null)[]): string {
  return braced(values.map((value) => value ?? "NULL"));
}

const QUOTED = /["\\]/;

/** Any text; quotes and backslashes are escaped, so that no value can end its element. Equal neighbours are read once. */
export function textArray(values: readonly (string | null)[]): string {
  let last: string | null = null;
  let lastText = "NULL";
  const elements = values.map((value) => {
    if (value !== last) {
      last = value;
      lastText = quote(value);
    }
    return lastText;
  });
  return braced(elements);
}

function quote(value: string | null): string {
  if (value === null) return "NULL";
  return QUOTED.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : `"${value}"`;
}

/** Instants in milliseconds since 1970 UTC as timestamptz elements; equal neighbours are written once. */
export function instantArray(values: readonly (number | null)[]): string {
  let lastMs: number | null = null;
  let lastText = "NULL";
  const elements = values.map((instantMs) => {
    if (instantMs !== lastMs) {
      lastMs = instantMs;
      lastText = instantMs === null ? "NULL" : `"${new Date(instantMs).toISOString()}"`;
    }
    return lastText;
  });
  return braced(elements);
}

function braced(elements: (string | number)[]): string {
  if (elements.length === 0) return "{}";
  elements[0] = `{${elements[0]}`;
  elements.push(`${elements.pop()}}`);
  return elements.join(",");
}
