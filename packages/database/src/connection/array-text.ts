/**
 * Array parameters as PostgreSQL's array literals, written in one pass: the driver's own serialiser visits each element
 * through several calls, which is a fifth of what storing a record costs. Cast the parameter in SQL: `${…}::uuid[]`.
 */

/** Elements that need no quotes: uuids, integers, hex digits, dates. */
export function plainArray(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}

const QUOTED = /["\\]/;

/** Any text; quotes and backslashes are escaped, so that no value can end its element. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(quote).join(",")}}`;
}

function quote(value: string | null): string {
  if (value === null) return "NULL";
  return QUOTED.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : `"${value}"`;
}

/** Instants in milliseconds since 1970 UTC as timestamptz elements; equal neighbours are written once. */
export function instantArray(values: readonly (number | null)[]): string {
  let lastMs: number | null = null;
  let lastText = "NULL";
  return `{${values
    .map((instantMs) => {
      if (instantMs !== lastMs) {
        lastMs = instantMs;
        lastText = instantMs === null ? "NULL" : `"${new Date(instantMs).toISOString()}"`;
      }
      return lastText;
    })
    .join(",")}}`;
}
