import {
  decodeCursor,
  encodeCursor,
  fieldError,
  formatInstant,
  getOwnDaysRoute,
  getOwnRecordsRoute,
  LIMITS,
} from "@xueshi/contracts";
import { readArrivedPage, readNewestArrivals, sumArrivedDays } from "@xueshi/database";
import {
  endOfDayMs,
  hoursToNumber,
  type LocalDate,
  lineHours,
  normaliseText,
  type RecordLine,
  recordKeyOf,
  startOfDayMs,
} from "@xueshi/domain";
import { type App, HttpProblem } from "@xueshi/http";
import { sha256Hex } from "@xueshi/vault";
import { z } from "zod";
import { IDS_PER_QUESTION } from "../../acquisition/ask-reconciliation.ts";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { sourceAsked } from "../source-asked.ts";

const linePosition = z.strictObject({ key: z.uuid() });
const FIRST_KEY = "00000000-0000-0000-0000-000000000000";

/** The protocol the other way: a source asks what arrived of its own records. What was refused did not. */
export function addOwnLinesRoutes(app: App, context: IngestionContext): void {
  app.route(getOwnDaysRoute, async ({ query }, call) => {
    const source = sourceAsked(call.principal, query.source, call.language);
    const sums = await sumArrivedDays(context.sql, rangeOf(source, query.from, query.until), []);
    const days = [...sums].map(([day, { records, hoursHundredths, digest }]) => {
      return { day, records, hours: hoursToNumber(hoursHundredths), digest };
    });
    return { status: 200, json: { days } };
  });
  app.route(getOwnRecordsRoute, async ({ query }, call) => {
    const source = sourceAsked(call.principal, query.source, call.language);
    if (query.recordIds !== undefined) {
      const ids = query.recordIds.split("\n").filter((id) => id !== "");
      if (ids.length > IDS_PER_QUESTION) {
        const error = fieldError("recordIds", "too_many", call.language, { maximum: String(IDS_PER_QUESTION) });
        throw new HttpProblem("validation_failed", { errors: [error] });
      }
      const records = (await readByIds(context, source, ids)).map(presentLine);
      return { status: 200, json: { records, nextCursor: null } };
    }
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? { key: FIRST_KEY } : decodeCursor(query.cursor, linePosition);
    if (position === null || query.day === undefined) throw cursorProblem(call.language);
    const page = { afterKey: position.key, limit: limit + 1 };
    const lines = await readArrivedPage(context.sql, rangeOf(source, query.day, query.day), page);
    const last = lines.length > limit ? lines[limit - 1] : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ key: last.recordKey });
    return { status: 200, json: { records: lines.slice(0, limit).map(presentLine), nextCursor } };
  });
}

function rangeOf(source: string, from: LocalDate, until: LocalDate) {
  return { source, fromMs: startOfDayMs(from), beforeMs: endOfDayMs(until), withRefused: false };
}

async function readByIds(context: IngestionContext, source: string, ids: readonly string[]): Promise<RecordLine[]> {
  const keys = ids.map((id) => recordKeyOf(sha256Hex, source, normaliseText(id)));
  const newest = await readNewestArrivals(context.sql, keys, false);
  return [...newest.values()].flatMap(([first]) => {
    if (first?.kind !== "version" || first.content === null || first.updateTimeMs === null) return [];
    return [{ recordId: first.recordId, updateTimeMs: first.updateTimeMs, ...first.content }];
  });
}

function presentLine(line: RecordLine) {
  const hours = lineHours(line);
  const { recordId, status } = line;
  return {
    recordId,
    updateTime: formatInstant(line.updateTimeMs),
    hours: hours === null ? null : hoursToNumber(hours),
    status,
  };
}
