const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const REMEMBERED_MAX = 64;

/** The same few instants are written over and over: how far platforms are complete, and the current millisecond. */
const remembered = new Map<number, string>();

/** An instant (ms since 1970 UTC) as ISO 8601 in Asia/Shanghai: `2020-07-31T08:00:00.000+08:00`. */
export function formatInstant(instantMs: number): string {
  let text = remembered.get(instantMs);
  if (text === undefined) {
    text = `${new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, -1)}+08:00`;
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(instantMs, text);
  }
  return text;
}
