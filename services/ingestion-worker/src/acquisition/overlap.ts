import { parseInstant } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import type { OverlapBounds } from "./lateness.ts";
import { positionAt, positionMs } from "./update-time-page.ts";

const updateTimeCursor = z.object({ updatedFrom: z.string().max(64) });
const stagedCursor = z.object({ staged: z.object({ time: z.string().max(64) }) });

/** How a pull of a platform that is read by update time looks back. */
export interface Overlap {
  readonly bounds: OverlapBounds;
  /** The update time up to which rows were stored before, ms since 1970 UTC. */
  readonly positionMs: number;
}

/** The bounds of the overlap; null where pulls do not begin before the last one's end. */
export function overlapBoundsOf({ connection }: Platform): OverlapBounds | null {
  if (connection.transport === "http-json" && connection.paging.kind === "page-by-update-time") {
    return boundsOf(connection.paging);
  }
  return connection.transport === "sql" && connection.read.kind === "by-update-time" ? boundsOf(connection.read) : null;
}

function boundsOf(paging: { overlapSeconds: number; overlapSecondsMax?: number | undefined }): OverlapBounds {
  const { overlapSeconds, overlapSecondsMax } = paging;
  return { secondsMin: overlapSeconds, secondsMax: Math.max(overlapSeconds, overlapSecondsMax ?? 0) };
}

/** How the pull from a stored cursor looks back; null for a first one, and where nothing is read again. */
export function overlapFrom(platform: Platform, cursor: unknown): Overlap | null {
  const bounds = overlapBoundsOf(platform);
  const storedMs = bounds === null ? null : storedMsOf(platform, cursor);
  return bounds === null || storedMs === null ? null : { bounds, positionMs: storedMs };
}

function storedMsOf(platform: Platform, cursor: unknown): number | null {
  const listed = updateTimeCursor.safeParse(cursor);
  if (listed.success) return positionMs(platform, listed.data.updatedFrom);
  const staged = stagedCursor.safeParse(cursor);
  if (!staged.success) return null;
  const { time } = staged.data.staged;
  return /^[0-9]{1,16}$/.test(time) ? Number(time) : parseInstant(time.slice(0, 23).replace(/\.$/, ""));
}

/** The platform with another overlap than the configured one. */
export function withOverlap(platform: Platform, overlapSeconds: number): Platform {
  const { connection } = platform;
  if (connection.transport === "http-json" && connection.paging.kind === "page-by-update-time") {
    return { ...platform, connection: { ...connection, paging: { ...connection.paging, overlapSeconds } } };
  }
  if (connection.transport === "sql" && connection.read.kind === "by-update-time") {
    return { ...platform, connection: { ...connection, read: { ...connection.read, overlapSeconds } } };
  }
  return platform;
}

/** The first update time that a pull from a stored cursor reads again, ms since 1970 UTC. */
export function overlapStartMs(platform: Platform, overlap: Overlap, overlapSeconds: number): number {
  if (overlapSeconds === 0) return overlap.positionMs;
  return positionAt(platform, overlap.positionMs - overlapSeconds * 1_000).ms;
}
