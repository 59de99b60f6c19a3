import {
  type EntriesResponse,
  encodeCursor,
  formatInstant,
  type getEntriesRoute,
  type Language,
  LIMITS,
  presentCountsInstead,
  presentEntry,
} from "@xueshi/contracts";
import { readEntryPage } from "@xueshi/database";
import type { Entry } from "@xueshi/domain";
import type { Handler } from "@xueshi/http";
import { z } from "zod";
import { carryClocks, clockPosition, readClocks } from "../access/answer-clocks.ts";
import { readListCursor } from "../access/list-cursor.ts";
import { noteAccess } from "../access/note-access.ts";
import { refuseErased } from "../access/refuse-erased.ts";
import { type ExplainDuplicate, explainDuplicates } from "../ledger/explain-duplicates.ts";
import type { QueryContext } from "../query-context.ts";
import { cutChain } from "./cut-chain.ts";

/** All pages of one listing are cut where the first one was. */
const position = z.strictObject({ afterSequence: z.int().min(0), ...clockPosition });

/** A person's entries as they stood at an instant, oldest first; none is an empty list. Throws `erased`. */
export function getEntries(context: QueryContext): Handler<typeof getEntriesRoute> {
  return async ({ params, query }, call) => {
    const { practitionerId } = params;
    const after = readListCursor(query.cursor, position, call.language);
    const clocks = readClocks(query, after, call);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const noted = noteAccess(context, call, practitionerId, "entries");
    const refused = refuseErased(context.sql, practitionerId);
    // Whatever the answer is, the access is noted before it is given.
    await Promise.allSettled([refused, noted]);
    await Promise.all([refused, noted]);
    const cut = await cutChain(context.sql, practitionerId, clocks);
    const afterSequence = after?.afterSequence ?? 0;
    const range = { afterSequence, untilSequence: cut.sequence, asOf: clocks.asOf };
    const entries = await readEntryPage(context.sql, { practitionerId, ...range, limit: limit + 1 });
    const shown = entries.slice(0, limit);
    const hasDuplicates = shown.some(({ kind, state }) => kind === "posting" && state === "duplicate");
    const people = hasDuplicates ? [{ practitionerId, sequence: cut.sequence }] : [];
    const explain = (await explainDuplicates(context.sql, people, clocks.entriesUntilMs)).get(practitionerId)?.explain;
    const last = entries.length > limit ? shown.at(-1) : undefined;
    const answer: EntriesResponse = {
      practitionerId,
      entries: shown.map((entry) => presentExplained(entry, explain, call.language)),
      asOf: clocks.asOf,
      knownAt: formatInstant(clocks.knownAtMs),
      cut,
      nextCursor:
        last === undefined ? null : encodeCursor({ afterSequence: last.sequence, ...carryClocks(clocks, cut) }),
    };
    return { status: 200, json: answer };
  };
}

/** What stands as a duplicate says which record counts in its place. */
function presentExplained(
  entry: Entry,
  explain: ExplainDuplicate | undefined,
  language: Language,
): EntriesResponse["entries"][number] {
  const presented = presentEntry(entry);
  const { source, recordId, sequence } = entry;
  const found = source === null || recordId === null ? null : (explain?.(source, recordId) ?? null);
  return found?.sequence !== sequence
    ? presented
    : { ...presented, countsInstead: presentCountsInstead(found, language) };
}
