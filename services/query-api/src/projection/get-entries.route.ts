import {
  type EntriesResponse,
  encodeCursor,
  formatInstant,
  type getEntriesRoute,
  LIMITS,
  presentEntry,
} from "@xueshi/contracts";
import { readEntryPage } from "@xueshi/database";
import type { Handler } from "@xueshi/http";
import { z } from "zod";
import { carryClocks, clockPosition, readClocks } from "../access/answer-clocks.ts";
import { readListCursor } from "../access/list-cursor.ts";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import { cutChain } from "./cut-chain.ts";

/** All pages of one listing are cut where the first one was. */
const position = z.strictObject({ afterSequence: z.int().min(0), ...clockPosition });

/** A person's entries as they stood at an instant, oldest first; none is an empty list. */
export function getEntries(context: QueryContext): Handler<typeof getEntriesRoute> {
  return async ({ params, query }, call) => {
    const { practitionerId } = params;
    const after = readListCursor(query.cursor, position, call.language);
    const clocks = readClocks(query, after, call);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const noted = noteAccess(context, call, practitionerId, "entries");
    const cut = await cutChain(context.sql, practitionerId, clocks);
    const afterSequence = after?.afterSequence ?? 0;
    const range = { afterSequence, untilSequence: cut.sequence, asOf: clocks.asOf };
    const entries = await readEntryPage(context.sql, { practitionerId, ...range, limit: limit + 1 });
    await noted;
    const shown = entries.slice(0, limit);
    const last = entries.length > limit ? shown.at(-1) : undefined;
    const answer: EntriesResponse = {
      practitionerId,
      entries: shown.map(presentEntry),
      asOf: clocks.asOf,
      knownAt: formatInstant(clocks.knownAtMs),
      cut,
      nextCursor:
        last === undefined ? null : encodeCursor({ afterSequence: last.sequence, ...carryClocks(clocks, cut) }),
    };
    return { status: 200, json: answer };
  };
}
