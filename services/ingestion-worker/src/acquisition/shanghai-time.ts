const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** `yyyy-mm-dd hh:mm:ss` in Asia/Shanghai; milliseconds are cut off, never rounded up. */
export function formatShanghaiTime(instantMs: number): string {
  return new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");
}
