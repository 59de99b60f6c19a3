import { type EntriesResponse, encodeCursor, type getEntriesRoute, LIMITS, presentEntry } from "@xueshi/contracts";
import { readEntryPage } from "@xueshi/database";
import type { Handler } from "@xueshi/http";
import { z } from "zod";
import { cursorInvalid, readListCursor } from "../access/list-cursor.ts";
import { noteAccess } from "../access/note-access.ts";
import { refuseKnownAt } from "../access/refuse-known-at.ts";
import type { QueryContext } from "../query-context.ts";

/** All pages of one listing are cut at the instant of the first one. */
const position = z.strictObject({ afterSequence: z.int().min(0), knownAtMs: z.int().min(0) });

/** A person's entries as they stood at an instant, oldest first; none is an empty list. */
export function getEntries(context: QueryContext): Handler<typeof getEntriesRoute> {
  return async ({ params, query }, call) => {
    const { practitionerId } = params;
    const after = readListCursor(query.cursor, position, call.language);
    const knownAtMs = after?.knownAtMs ?? query.knownAt ?? call.receivedAtMs;
    if (after !== null && (query.knownAt ?? knownAtMs) !== knownAtMs) throw cursorInvalid(call.language);
    refuseKnownAt(knownAtMs, call);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const noted = noteAccess(context, call, practitionerId, "entries");
    const afterSequence = after?.afterSequence ?? 0;
    const entries = await readEntryPage(context.sql, { practitionerId, afterSequence, knownAtMs, limit: limit + 1 });
    await noted;
    const shown = entries.slice(0, limit);
    const last = entries.length > limit ? shown.at(-1) : undefined;
    const answer: EntriesResponse = {
      practitionerId,
      entries: shown.map(presentEntry),
      nextCursor: last === undefined ? null : encodeCursor({ afterSequence: last.sequence, knownAtMs }),
    };
    return { status: 200, json: answer };
  };
}
