import { ledgerSummaryRoute } from "@xueshi/contracts";
import { readLedgerCounts, type Sql } from "@xueshi/database";
import type { App } from "@xueshi/http";

/** What the ledger holds, in numbers. */
export function addProjectionRoutes(app: App, sql: Sql): void {
  app.route(ledgerSummaryRoute, async () => {
    const counts = await readLedgerCounts(sql);
    const platforms: Record<string, { records: Record<string, number> }> = {};
    for (const { source, state, count } of counts.records) {
      platforms[source] ??= { records: {} };
      platforms[source].records[state] = count;
    }
    const waitingForReview = counts.records
      .filter((row) => row.state === "unclassified" || row.state === "duplicate")
      .reduce((sum, row) => sum + row.count, 0);
    const { entries, practitioners } = counts;
    return { status: 200, json: { platforms, entries, practitioners, waitingForReview } };
  });
}
