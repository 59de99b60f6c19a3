const HOURS_EAST_MS = 8 * 3_600_000;
const PATTERN = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;

/** Milliseconds since epoch of `yyyy-MM-dd HH:mm:ss` in Asia/Shanghai (UTC+8 all year since 1992), or null. */
export function parseShanghaiTime(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const parts = PATTERN.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - HOURS_EAST_MS;
  return formatShanghaiTime(ms) === text ? ms : null;
}

/** `yyyy-MM-dd HH:mm:ss` in Asia/Shanghai of an instant in ms; the milliseconds are cut off. */
export function formatShanghaiTime(ms: number): string {
  return new Date(ms + HOURS_EAST_MS).toISOString().slice(0, 19).replace("T", " ");
}
