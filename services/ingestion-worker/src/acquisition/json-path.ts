/** The value at the end of a path of keys, or undefined when a step is missing. */
export function valueAt(body: unknown, path: readonly string[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** True when the body says the expected value; platforms send numbers as text at times. */
export function says(body: unknown, expected: { readonly path: readonly string[]; readonly value: unknown }): boolean {
  const value = valueAt(body, expected.path);
  return value === expected.value || (typeof value === "string" && value === String(expected.value));
}

/** No list has more rows than a column of the database can count. */
const COUNT_MAX = 2_147_483_647;

/** A whole number of 0 up to {@link COUNT_MAX}, sent as a number or as digits; null when it is neither. */
export function countAt(body: unknown, path: readonly string[]): number | null {
  const value = valueAt(body, path);
  const count = typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= COUNT_MAX ? count : null;
}
