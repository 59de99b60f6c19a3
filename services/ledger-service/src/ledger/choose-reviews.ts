import { LIMITS } from "@xueshi/contracts";
import { type ReviewQuery, type ReviewRow, readReviews, type Sql } from "@xueshi/database";

/** Pages of one request: where nearly none of those that wait has the code, a request ends before it found its fill. */
const PAGES_MAX = 40;

export interface ReviewChoice {
  readonly recordKeys?: readonly string[] | undefined;
  readonly filter?:
    | {
        readonly reason: ReviewRow["state"];
        readonly platform?: string | undefined;
        readonly subjectCode?: string | undefined;
      }
    | undefined;
}

/** The records that one decision is about, oldest first; `more`: the filter may fit others. */
export async function chooseReviews(
  sql: Sql,
  { recordKeys, filter }: ReviewChoice,
): Promise<{ readonly recordKeys: readonly string[]; readonly more: boolean }> {
  if (recordKeys !== undefined) return { recordKeys: [...new Set(recordKeys)], more: false };
  const chosen: string[] = [];
  let after: ReviewQuery["after"] = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query: ReviewQuery = {
      ...{ state: filter?.reason ?? null, platform: filter?.platform ?? null, after },
      limit: LIMITS.reviewsPerRequestMax,
    };
    const rows = await readReviews(sql, query);
    for (const row of rows) {
      if (filter?.subjectCode !== undefined && row.subjectCode !== filter.subjectCode) continue;
      if (chosen.length === LIMITS.reviewsPerRequestMax) return { recordKeys: chosen, more: true };
      chosen.push(row.recordKey);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < query.limit) return { recordKeys: chosen, more: false };
    after = { sinceMs: last.sinceMs, recordKey: last.recordKey };
  }
  return { recordKeys: chosen, more: true };
}
