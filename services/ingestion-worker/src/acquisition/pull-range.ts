import { endOfDayMs, type LocalDate, startOfDayMs } from "@xueshi/domain";
import type { HttpJsonConnection, PageByUpdateTime, Platform } from "@xueshi/platforms";
import { z } from "zod";
import type { HttpSession } from "./http-session.ts";
import { countAt } from "./json-path.ts";
import { withOverlap } from "./overlap.ts";
import { pullByUpdateTime } from "./pull-by-update-time.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullCursor, PullEvent } from "./pull-event.ts";
import { listingQuery, positionAt } from "./update-time-page.ts";

const filesCursor = z.object({ files: z.record(z.string(), z.string()) });
const updateTimeCursor = z.object({ updatedFrom: z.string().max(64) });

/** First and last day of a range of update times, both inclusive. */
export interface DayRange {
  readonly fromDay: LocalDate;
  readonly untilDay: LocalDate;
}

/** Whether a range of days of a platform can be read again: an opaque cursor leads to no day. */
export function canReadRange({ connection }: Platform): boolean {
  if (connection.transport === "file") return true;
  return connection.transport === "http-json" && connection.paging.kind === "page-by-update-time";
}

/** The first and the last instant of a range, ms since 1970 UTC. */
export function instantsOf(range: DayRange): { readonly fromMs: number; readonly untilMs: number } {
  return { fromMs: startOfDayMs(range.fromDay), untilMs: endOfDayMs(range.untilDay) - 1 };
}

/**
 * Where the reading of a range begins, in the form of a cursor: a listing at its first day, a folder as if the files of
 * the range's months had not been taken. A file's month is the first six digits of its name that can be one.
 * @param cursor the platform's own, which a back-fill leaves where it is
 */
export function rangeStart(platform: Platform, range: DayRange, cursor: unknown): PullCursor | null {
  if (!canReadRange(platform)) return null;
  if (platform.connection.transport !== "file") {
    return { updatedFrom: positionAt(platform, instantsOf(range).fromMs).text };
  }
  const stored = filesCursor.safeParse(cursor);
  const taken = stored.success ? Object.entries(stored.data.files) : [];
  const [first, last] = [range.fromDay.slice(0, 7), range.untilDay.slice(0, 7)];
  const isInRange = (name: string) => {
    const month = monthOf(name);
    return month !== null && month >= first && month <= last;
  };
  return { files: Object.fromEntries(taken.filter(([name]) => !isInRange(name))) };
}

/** `yyyy-mm` of `export-202003.csv`. */
function monthOf(name: string): string | null {
  const match = /((?:19|20)[0-9]{2})[-_]?(0[1-9]|1[0-2])/.exec(name);
  return match === null ? null : `${match[1]}-${match[2]}`;
}

/** A listing by update time from a position to the end of a range, without overlap. */
export function pullRange(
  platform: Platform,
  session: HttpSession,
  position: unknown,
  untilMs: number,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const { connection, paging } = listingOf(platform);
  const { updatedFrom } = updateTimeCursor.parse(position);
  const exact = { ...paging, overlapSeconds: 0 };
  return pullByUpdateTime(withOverlap(platform, 0), connection, exact, session, { updatedFrom, untilMs }, context);
}

/** How many rows a range has, as the platform counts them; null when it does not say. Two small requests. */
export async function countRange(
  platform: Platform,
  session: HttpSession,
  range: DayRange,
  context: PullContext,
): Promise<number | null> {
  const { fromMs, untilMs } = instantsOf(range);
  const total = await countFrom(platform, session, fromMs, context);
  const beyond = total === null ? null : await countFrom(platform, session, untilMs + 1, context);
  return total === null || beyond === null ? null : Math.max(0, total - beyond);
}

async function countFrom(
  platform: Platform,
  session: HttpSession,
  fromMs: number,
  context: PullContext,
): Promise<number | null> {
  const { connection, paging } = listingOf(platform);
  const request = { from: positionAt(platform, fromMs), pageIndex: 1, rowsPerPage: 1 };
  const answer = await session.ask<number>(
    connection.list,
    listingQuery(paging, request),
    (body) => {
      const total = countAt(body, paging.total);
      return total === null ? { kind: "fault", reason: "body_invalid" } : { kind: "value", value: total };
    },
    context,
  );
  return answer.kind === "value" ? answer.value : null;
}

function listingOf({ name, connection }: Platform): { connection: HttpJsonConnection; paging: PageByUpdateTime } {
  if (connection.transport !== "http-json" || connection.paging.kind !== "page-by-update-time") {
    throw new TypeError(`${name} is not session by update time.`);
  }
  return { connection, paging: connection.paging };
}
