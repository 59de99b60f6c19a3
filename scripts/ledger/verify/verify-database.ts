import { cutPersonRanges, type Sql } from "@xueshi/database";
import { sha256Suite } from "@xueshi/vault";
import { Tally } from "./tally.ts";
import { verifyPeople } from "./verify-people.ts";

export interface VerifyPlan {
  readonly sql: Sql;
  /** Findings that are kept; all are counted. */
  readonly limit: number;
  /** How many of how many entries have been gone through. */
  readonly progress: (done: number, all: number) => void;
}

export interface VerifyReport {
  readonly people: number;
  readonly entries: number;
  readonly tally: Tally;
}

/** Entries that are read at a time: what is kept in memory. */
const ENTRIES_PER_RANGE = 20_000;

/** Verifies a ledger in one snapshot, so that what is posted meanwhile is no finding. */
export async function verifyDatabase({ sql, limit, progress }: VerifyPlan): Promise<VerifyReport> {
  return sql.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY", async (tx) => {
    const ranges = await cutPersonRanges(tx, ENTRIES_PER_RANGE);
    const all = ranges.reduce((sum, range) => sum + range.entries, 0);
    const tally = new Tally(limit);
    let [people, entries] = [0, 0];
    for (const range of ranges) {
      progress(entries, all);
      const result = await verifyPeople(tx, range, sha256Suite);
      people += result.people;
      entries += result.entries;
      tally.add(result.findings);
    }
    progress(entries, all);
    return { people, entries, tally };
  });
}
