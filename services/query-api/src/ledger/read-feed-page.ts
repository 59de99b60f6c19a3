import { type FeedResponse, presentEntry } from "@xueshi/contracts";
import { type FeedFilter, readFeedEntries, readKeyIdsOf, type Sql } from "@xueshi/database";
import { type AuthenticatedCall, HttpProblem, type Principal } from "@xueshi/http";
import { type AccessNotes, accessRow } from "../access/note-access.ts";
import type { FeedRetention } from "./feed-retention.ts";

/** What reading the feed needs. */
export interface FeedContext extends AccessNotes {
  readonly sql: Sql;
  readonly feedRetention: FeedRetention;
}

/**
 * A page of the feed from a position on (null: from where it begins), of what the caller may see. Every person whose entries
 * are in it is noted. Throws `feed_position_expired`.
 */
export async function readFeedPage(
  context: FeedContext,
  call: AuthenticatedCall,
  from: number | null,
  limit: number,
): Promise<FeedResponse> {
  const oldest = await context.feedRetention.oldest();
  if (from !== null && from < oldest) throw new HttpProblem("feed_position_expired");
  const filter = await filterOf(context.sql, call.principal);
  const { entries, next, isAtEnd } = await readFeedEntries(context.sql, from ?? oldest, filter, limit);
  const people = [...new Set(entries.map((entry) => entry.practitionerId))];
  await context.accessLog.note(people.map((person) => accessRow(context, call, person, "feed")));
  return {
    entries: entries.map((entry) => ({
      position: entry.position,
      practitionerId: entry.practitionerId,
      ...presentEntry(entry),
    })),
    next,
    oldest,
    isAtEnd,
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
