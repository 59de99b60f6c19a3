const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** An instant (ms since 1970 UTC) as ISO 8601 in Asia/Shanghai: `2020-07-31T08:00:00.000+08:00`. */
export function formatInstant(instantMs: number): string {
  return `${new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, -1)}+08:00`;
}
