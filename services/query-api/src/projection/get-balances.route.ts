import { type BalancesResponse, encodeCursor, type getBalancesRoute, LIMITS } from "@xueshi/contracts";
import { type BalanceKey, readBalancePage } from "@xueshi/database";
import { type Balance, GENESIS_HASH, hoursToNumber } from "@xueshi/domain";
import type { Handler } from "@xueshi/http";
import { z } from "zod";
import { readListCursor } from "../access/list-cursor.ts";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";

const position = z.strictObject({
  platform: z.string().max(128),
  recognition: z.string().max(128),
  attributedYear: z.int().min(-32_768).max(32_767),
  subject: z.string().max(64),
  pathway: z.string().max(256),
});

/** A person's balances as they are now, with the end of the chain that they sum up; none is an empty list. */
export function getBalances(context: QueryContext): Handler<typeof getBalancesRoute> {
  return async ({ params, query }, call) => {
    const { practitionerId } = params;
    const after: BalanceKey | null = readListCursor(query.cursor, position, call.language) as BalanceKey | null;
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const noted = noteAccess(context, call, practitionerId, "balances");
    const page = await readBalancePage(context.sql, { practitionerId, after, limit: limit + 1 });
    await noted;
    const shown = page.balances.slice(0, limit);
    const last = page.balances.length > limit ? shown.at(-1) : undefined;
    const answer: BalancesResponse = {
      practitionerId,
      balances: shown.map(presentBalance),
      cut: page.cut ?? { sequence: 0, head: GENESIS_HASH },
      nextCursor: last === undefined ? null : encodeCursor(keyOf(last)),
    };
    return { status: 200, json: answer };
  };
}

function presentBalance(balance: Balance): BalancesResponse["balances"][number] {
  const { platform, recognition, subject, pathway } = balance;
  return {
    platform,
    recognition,
    year: balance.attributedYear,
    subject,
    pathway: pathway === "" ? null : pathway,
    hours: hoursToNumber(balance.hoursHundredths),
  };
}

function keyOf({ platform, recognition, attributedYear, subject, pathway }: Balance): z.output<typeof position> {
  return { platform, recognition, attributedYear, subject, pathway };
}
