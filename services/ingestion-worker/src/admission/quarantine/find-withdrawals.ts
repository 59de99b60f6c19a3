import type { Sql, Transaction } from "@xueshi/database";
import { decisionOfContent, type RecordVersion } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { withdrawnVersion } from "../withdrawn-version.ts";
import { openRawRow } from "./open-raw-row.ts";
import { quarantineRowsOf } from "./quarantine-row.ts";
import type { RecordFile } from "./record-file.ts";

/**
 * The withdrawals of a correction that its source sent before it was made, under the id or name that was wrong: what came
 * first changes nothing. Of a refused row it is known while the page that brought it is kept. Source: platforms.md, rule 12.
 */
export async function findWithdrawals(
  tx: Transaction,
  context: IngestionContext,
  file: RecordFile,
  corrected: RecordVersion,
): Promise<RecordVersion[]> {
  const within = { ...context, sql: tx as unknown as Sql };
  const times = new Set<number>();
  for (const row of quarantineRowsOf(file)) {
    const { updateTimeMs, code } = row;
    if (updateTimeMs === null || updateTimeMs <= corrected.updateTimeMs || times.has(updateTimeMs)) continue;
    if (file.inForce.some((one) => one.updateTimeMs === updateTimeMs && one.standingDigest !== null)) continue;
    if (decisionOfContent(row.contentDigest, file.inForce)?.kind === "refuse") continue;
    const isOfSomebodyElse = row.kind === "refused" || code === "identity_conflict";
    if (!isOfSomebodyElse) continue;
    const status = row.version?.status ?? (await openRawRow(within, row))?.status;
    if (status === "withdrawn") times.add(updateTimeMs);
  }
  return [...times].map((updateTimeMs) => withdrawnVersion(corrected, "", updateTimeMs));
}
