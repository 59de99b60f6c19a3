import { hash } from "node:crypto";
import {
  readCatalogues,
  readRecordsBySubjectCode,
  type Transaction,
  writeBatch,
  writeCatalogue,
} from "@xueshi/database";
import { type Catalogue, type Platform, readCatalogue } from "@xueshi/platforms";
import type { FetchedCatalogue } from "../acquisition/fetch-catalogue.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { hintPosting } from "./hint-posting.ts";

/** Records that one batch names at most. */
const RECORDS_PER_BATCH = 5_000;

/**
 * Keeps the catalogue that a platform sent. Where it lists a category otherwise than the one before, the records of that
 * category that came earlier are named in batches without rows, in the same transaction: the ledger looks at them again,
 * so the subject of a record does not depend on what came first, the record or its category.
 * Source: ARCHITECTURE.md, invariants 3 and 14.
 */
export async function keepCatalogue(
  context: IngestionContext,
  platform: Platform,
  { entries, catalogue }: Pick<FetchedCatalogue, "entries" | "catalogue">,
): Promise<void> {
  const batchIds = (await context.sql.begin(async (tx) => {
    const codes = changedCodes(await readKept(tx, platform), catalogue);
    await writeCatalogue(tx, {
      platform: platform.name,
      digest: hash("sha256", JSON.stringify(entries), "hex"),
      entries,
      fetchedAtMs: context.clock(),
    });
    return codes.length === 0 ? [] : nameRecords(tx, context, platform, codes);
  })) as string[];
  for (const batchId of batchIds) await hintPosting(context, batchId);
  if (batchIds.length > 0) context.logger.info("a catalogue changed; its records are classified again", { batchIds });
}

async function readKept(tx: Transaction, platform: Platform): Promise<Catalogue> {
  const { connection } = platform;
  const kept = (await readCatalogues(tx)).find((one) => one.platform === platform.name)?.entries;
  if (connection.transport !== "http-json" || connection.catalogue === null || !Array.isArray(kept)) return new Map();
  return readCatalogue(connection.catalogue, kept);
}

/** Codes that one of the two lists, and the other not or under another class. */
function changedCodes(before: Catalogue, after: Catalogue): string[] {
  const codes = new Set([...before.keys(), ...after.keys()]);
  return [...codes].filter((code) => before.get(code) !== after.get(code));
}

async function nameRecords(
  tx: Transaction,
  context: IngestionContext,
  platform: Platform,
  subjectCodes: readonly string[],
): Promise<string[]> {
  const batchIds: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: { recordKey: string; practitionerId: string }[] = await readRecordsBySubjectCode(tx, {
      source: platform.name,
      subjectCodes,
      afterRecordKey: after,
      limit: RECORDS_PER_BATCH,
    });
    const last = page.at(-1);
    if (last === undefined) return batchIds;
    const batchId = context.newId();
    await writeBatch(tx, {
      batchId,
      source: platform.name,
      origin: "pull",
      pullId: null,
      closesPull: false,
      completeUntilMs: null,
      receivedAtMs: context.clock(),
      rowCount: 0,
      counts: {},
      receipts: [],
      recordKeys: [...new Set(page.map((row) => row.recordKey))],
      practitionerIds: [...new Set(page.map((row) => row.practitionerId))],
    });
    batchIds.push(batchId);
    after = last.recordKey;
  }
}
