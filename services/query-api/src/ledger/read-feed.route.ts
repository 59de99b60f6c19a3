import { type FeedResponse, LIMITS, presentEntry, type readFeedRoute } from "@xueshi/contracts";
import { type FeedFilter, readFeedEntries, readKeyIdsOf, type Sql } from "@xueshi/database";
import type { Handler, Principal } from "@xueshi/http";
import { accessRow } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";

/** Entries from a position on, of what the reader may see. Every person whose entries it reads is noted. */
export function readFeed(context: QueryContext): Handler<typeof readFeedRoute> {
  return async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const filter = await filterOf(context.sql, call.principal);
    const { entries, next, isAtEnd } = await readFeedEntries(context.sql, query.from ?? 0, filter, limit);
    const people = [...new Set(entries.map((entry) => entry.practitionerId))];
    await context.accessLog.note(people.map((person) => accessRow(context, call, person, "feed")));
    const answer: FeedResponse = {
      entries: entries.map((entry) => ({
        position: entry.position,
        practitionerId: entry.practitionerId,
        ...presentEntry(entry),
      })),
      next,
      isAtEnd,
    };
    return { status: 200, json: answer };
  };
}

/**
 * A source sees its own records; a declaration system the people of whom it has kept a verdict, with whichever of its keys;
 * an operator all.
 */
async function filterOf(sql: Sql, principal: Principal): Promise<FeedFilter> {
  switch (principal.kind) {
    case "source":
      return { source: principal.name, keptByKeyIds: null };
    case "declaration-system":
      return { source: null, keptByKeyIds: await readKeyIdsOf(sql, principal) };
    case "operator":
      return { source: null, keptByKeyIds: null };
  }
}
