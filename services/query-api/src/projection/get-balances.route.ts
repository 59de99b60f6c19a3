import {
  type BalancesResponse,
  encodeCursor,
  formatInstant,
  type getBalancesRoute,
  LIMITS,
  presentCountsInstead,
  type RouteInput,
} from "@xueshi/contracts";
import { type BalanceKey, readBalancePage } from "@xueshi/database";
import { type Balance, GENESIS_HASH, hoursToNumber } from "@xueshi/domain";
import type { AuthenticatedCall, Handler } from "@xueshi/http";
import { z } from "zod";
import { carryClocks, clockPosition, END_OF_CHAIN_MS, readClocks } from "../access/answer-clocks.ts";
import { cursorInvalid, readListCursor } from "../access/list-cursor.ts";
import { noteAccess } from "../access/note-access.ts";
import { refuseErased } from "../access/refuse-erased.ts";
import { explainDuplicates } from "../ledger/explain-duplicates.ts";
import type { QueryContext } from "../query-context.ts";
import { cutChain } from "./cut-chain.ts";
import { foldBalances } from "./fold-balances.ts";
import { presentBalance } from "./present-balance.ts";

const key = {
  platform: z.string().max(128),
  recognition: z.string().max(128),
  attributedYear: z.int().min(-32_768).max(32_767),
  subject: z.string().max(64),
  pathway: z.string().max(256),
};
const plainPosition = z.strictObject(key);
const clockedPosition = z.strictObject({ ...key, ...clockPosition });
const position = z.union([plainPosition, clockedPosition]);

type Asked = RouteInput<typeof getBalancesRoute>;

/**
 * A person's balances with the end of the chain that they sum up; none is an empty list. Without a clock they are as they
 * stand; with one, the entries by it are summed. Throws `erased`.
 */
export function getBalances(context: QueryContext): Handler<typeof getBalancesRoute> {
  return async (asked, call) => {
    const { query } = asked;
    const after = readListCursor(query.cursor, position, call.language);
    const isClocked = query.asOf !== undefined || query.knownAt !== undefined;
    const carried = after !== null && "untilSequence" in after ? after : null;
    if (after !== null && carried === null && isClocked) throw cursorInvalid(call.language);
    const noted = noteAccess(context, call, asked.params.practitionerId, "balances");
    const reading = Promise.all([
      isClocked || carried !== null ? balancesAt(context, asked, carried, call) : balancesNow(context, asked, after),
      refuseErased(context.sql, asked.params.practitionerId),
    ]);
    // Whatever the answer is, the access is noted before it is given.
    await Promise.allSettled([reading, noted]);
    const [[answered]] = await Promise.all([reading, noted]);
    if (query.explain !== "true") return { status: 200, json: answered };
    return { status: 200, json: { ...answered, duplicates: await duplicatesOf(context, answered, call) } };
  };
}

async function balancesNow(
  { sql }: QueryContext,
  { params: { practitionerId }, query }: Asked,
  after: z.output<typeof plainPosition> | null,
): Promise<BalancesResponse> {
  const limit = query.limit ?? LIMITS.pageSizeDefault;
  const asked = { practitionerId, after: after as BalanceKey | null, limit: limit + 1 };
  const { balances, cut } = await readBalancePage(sql, asked);
  const { shown, last } = pageOf(balances, limit);
  return {
    practitionerId,
    balances: shown.map(presentBalance),
    asOf: null,
    knownAt: null,
    cut: cut ?? { sequence: 0, head: GENESIS_HASH },
    nextCursor: last === null ? null : encodeCursor(keyOf(last)),
  };
}

async function balancesAt(
  { sql }: QueryContext,
  { params: { practitionerId }, query }: Asked,
  after: z.output<typeof clockedPosition> | null,
  call: AuthenticatedCall,
): Promise<BalancesResponse> {
  const limit = query.limit ?? LIMITS.pageSizeDefault;
  const clocks = readClocks(query, after, call);
  const cut = await cutChain(sql, practitionerId, clocks);
  const balances = await foldBalances(sql, { practitionerId, sequence: cut.sequence }, clocks.asOf, after);
  const { shown, last } = pageOf(balances, limit);
  return {
    practitionerId,
    balances: shown.map(presentBalance),
    asOf: clocks.asOf,
    knownAt: formatInstant(clocks.knownAtMs),
    cut,
    nextCursor: last === null ? null : encodeCursor({ ...keyOf(last), ...carryClocks(clocks, cut) }),
  };
}

/** The records that are not in the sums because they are another's achievement, each with why. */
async function duplicatesOf(
  { sql }: QueryContext,
  { practitionerId, cut, knownAt, asOf }: BalancesResponse,
  { language }: AuthenticatedCall,
): Promise<NonNullable<BalancesResponse["duplicates"]>> {
  const knownAtMs = knownAt === null ? END_OF_CHAIN_MS : Date.parse(knownAt);
  const people = [{ practitionerId, sequence: cut.sequence }];
  const found = (await explainDuplicates(sql, people, knownAtMs)).get(practitionerId);
  const all = (found?.duplicates ?? [])
    .filter(({ obtainedOn }) => asOf === null || obtainedOn === null || obtainedOn <= asOf)
    .toSorted((left, right) => left.sequence - right.sequence);
  const records = all.slice(0, LIMITS.explainedDuplicatesMax).map((row) => {
    const { recordId, source, platform, hoursHundredths, subject, attributedYear: year } = row;
    const instead = found?.explain(source, recordId) ?? null;
    return {
      ...{ recordId, source, platform, subject, year },
      hours: hoursHundredths === null ? null : hoursToNumber(hoursHundredths),
      countsInstead: instead === null ? null : presentCountsInstead(instead, language),
    };
  });
  return { records, hasMore: all.length > records.length };
}

/** @returns the last one shown, where there are more behind it */
function pageOf(balances: readonly Balance[], limit: number) {
  const shown = balances.slice(0, limit);
  return { shown, last: balances.length > limit ? (shown.at(-1) ?? null) : null };
}

function keyOf({ platform, recognition, attributedYear, subject, pathway }: Balance): z.output<typeof plainPosition> {
  return { platform, recognition, attributedYear, subject, pathway };
}
