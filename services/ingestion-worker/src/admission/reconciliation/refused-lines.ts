import { type RefusedArrival, readSealedRows } from "@xueshi/database";
import { type ArrivedLine, normaliseText, parseLineHours, type RecordLine } from "@xueshi/domain";
import { mapRow, type Platform, parsedContent } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../../ingestion-context.ts";
import { openRawRows } from "../quarantine/open-raw-rows.ts";

type Content = NonNullable<ArrivedLine["content"]>;
type Kept = Pick<RefusedArrival, "batchId" | "contentDigest" | "recordId">;

/**
 * What refused rows of a platform said, by digest of their content: only the page that brought them still has it. Each
 * page is opened once. Rows whose page's retention has ended, or that were no records at all, are missing.
 */
export async function readRefusedContents(
  context: Pick<IngestionContext, "sql" | "vault">,
  platform: Platform,
  arrivals: readonly Kept[],
): Promise<ReadonlyMap<string, Content>> {
  const contents = new Map<string, Content>();
  const byBatch = Map.groupBy(arrivals, ({ batchId }) => batchId);
  for (const [batchId, ofBatch] of byBatch) {
    const page = await readSealedRows(context.sql, batchId);
    if (page === null) continue;
    const digests = new Set(ofBatch.map(({ contentDigest }) => contentDigest));
    const ids = new Set(ofBatch.map(({ recordId }) => recordId));
    for (const raw of openRawRows(context.vault.openPage(page), platform)) {
      const mapped = mapRow(platform, raw);
      if (mapped.kind !== "record" || !ids.has(normaliseText(mapped.record.recordId))) continue;
      const digest = sha256Hex(parsedContent(platform, raw));
      if (!digests.has(digest)) continue;
      const { hours, status } = mapped.record;
      contents.set(digest, { hoursHundredths: parseLineHours(hours), status: status === "unknown" ? null : status });
    }
  }
  return contents;
}

/** The lines of refused rows; of those that nothing is known of there are none. */
export async function readRefusedLines(
  context: Pick<IngestionContext, "sql" | "vault">,
  platform: Platform,
  arrivals: readonly RefusedArrival[],
): Promise<RecordLine[]> {
  const contents = await readRefusedContents(context, platform, arrivals);
  return arrivals.flatMap(({ recordId, updateTimeMs, contentDigest }) => {
    const content = contents.get(contentDigest);
    return content === undefined || updateTimeMs === null ? [] : [{ recordId, updateTimeMs, ...content }];
  });
}
