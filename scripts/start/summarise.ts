import type { IngestionSummary, LedgerSummary } from "@xueshi/contracts";
import { PLATFORMS } from "@xueshi/platforms";
import type { ApiClient } from "./api-client.ts";

/** Per platform how many rows ended how, and in which state the records are; zero counts are left out. */
export type Summary = Readonly<
  Record<
    string,
    { readonly rows: Readonly<Record<string, number>>; readonly records: Readonly<Record<string, number>> }
  >
>;

export interface Summaries {
  /** In the form of `expected-summary.json`. */
  readonly summary: Summary;
  /** Rows that overlapping pulls read again, by platform. */
  readonly reread: Readonly<Record<string, number>>;
  readonly ledger: LedgerSummary;
}

/** Asks both services how rows ended and where records are. */
export async function summarise(ingestion: ApiClient, ledger: ApiClient): Promise<Summaries> {
  const [rows, records] = await Promise.all([
    ingestion.get("/v1/summary") as Promise<IngestionSummary>,
    ledger.get("/internal/v1/summary") as Promise<LedgerSummary>,
  ]);
  const summary = PLATFORMS.map(({ name }) => [
    name,
    { rows: rows.platforms[name]?.rows ?? {}, records: records.platforms[name]?.records ?? {} },
  ]);
  const reread = PLATFORMS.map(({ name }) => [name, rows.platforms[name]?.reread ?? 0]);
  return { summary: Object.fromEntries(summary), reread: Object.fromEntries(reread), ledger: records };
}
