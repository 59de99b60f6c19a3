const depthMax = 6;
const entriesMax = 100;

/**
 * What JSON can hold of a logged value: errors become name, code, message, stack and cause and nothing else
 * (a database error's `detail` or `parameters` quote personal data), bigints become text, loops and depth are cut.
 */
export function toPlain(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (value === null || typeof value !== "object") return value;
  if (depth >= depthMax) return "[deep]";
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((held) => toPlain(held, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.slice(0, entriesMax).map(([key, held]) => [String(key), toPlain(held, depth + 1)]));
}

function plainError(error: Error, depth: number): Record<string, unknown> {
  const code = "code" in error ? error.code : undefined;
  return {
    name: error.name,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: toPlain(error.cause, depth + 1) }),
  };
}
