import { readChainCut, readEntryPage, type Sql } from "@xueshi/database";
import { GENESIS_HASH } from "@xueshi/domain";
import type { Clocks } from "../access/answer-clocks.ts";

/** Where a person's chain is cut by the clocks of a list: the last entry that was known, or where the first page was cut. */
export async function cutChain(
  sql: Sql,
  practitionerId: string,
  { entriesUntilMs, untilSequence }: Clocks,
): Promise<{ readonly sequence: number; readonly head: string }> {
  if (untilSequence === null) return (await readChainCut(sql, practitionerId, entriesUntilMs)) ?? NO_ENTRIES;
  const range = { afterSequence: untilSequence - 1, untilSequence, asOf: null, limit: 1 };
  const [last] = await readEntryPage(sql, { practitionerId, ...range });
  return last === undefined ? NO_ENTRIES : { sequence: last.sequence, head: last.hash };
}

const NO_ENTRIES = { sequence: 0, head: GENESIS_HASH };
