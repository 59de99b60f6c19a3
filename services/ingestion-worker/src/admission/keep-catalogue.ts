import { hash } from "node:crypto";
import {
  advanceCatalogue,
  advancePull,
  type HeldPull,
  type KeptCatalogue,
  type RecordSlice,
  readCatalogueInForce,
  readRecordSlice,
  readRecordsOfCodes,
  runTransaction,
  type Transaction,
  writeBatch,
  writeCatalogue,
} from "@xueshi/database";
import { type Catalogue, type Platform, readCatalogue } from "@xueshi/platforms";
import type { FetchedCatalogue } from "../acquisition/fetch-catalogue.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { hintPosting } from "./hint-posting.ts";

/** Bounds of one step: versions, about, that are looked at in one transaction, and records that one batch names. */
export interface NamingLimits {
  readonly versionsPerSlice: number;
  readonly recordsPerBatch: number;
}

const LIMITS: NamingLimits = { versionsPerSlice: 10_000, recordsPerBatch: 5_000 };
const KEY_BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/**
 * Puts the catalogue that a platform sent in force. Where it lists a category otherwise than the one before, the earlier
 * records of that category are then named in batches without rows, so that the ledger looks at them again: the subject of
 * a record does not depend on what came first, the record or its category. The naming begins after the catalogue is
 * committed, so it sees every record that was posted by the old one; cut off, it goes on where it was at the next pull
 * that gets a catalogue. The signal ends it between two steps.
 * Source: ARCHITECTURE.md, invariants 3 and 14. Throws PullTakenOver.
 */
export async function keepCatalogue(
  context: IngestionContext,
  platform: Platform,
  pull: HeldPull,
  fetched: Pick<FetchedCatalogue, "entries" | "catalogue">,
  signal: AbortSignal,
  limits: NamingLimits = LIMITS,
): Promise<void> {
  await runTransaction(context, (tx) => putInForce(tx, context, platform, pull, fetched));
  const kept = await readCatalogueInForce(context.sql, platform.name);
  if (kept === null || kept.unsettledCodes?.length === 0) return;
  let batches = 0;
  for (let afterKey: string | null = kept.unsettledAfter ?? KEY_BEFORE_ALL; afterKey !== null && !signal.aborted; ) {
    const from: string = afterKey;
    const step = await runTransaction(context, async (tx) => {
      await holdPull(tx, pull);
      const slice = await readRecordSlice(tx, from, limits.versionsPerSlice);
      const batchIds = await nameRecords(tx, context, { platform, pullId: pull.pullId, kept, slice, limits });
      await advanceCatalogue(tx, { platform: platform.name, digest: kept.digest, toldUntil: slice.lastKey });
      return { batchIds, lastKey: slice.lastKey };
    });
    for (const batchId of step.batchIds) await hintPosting(context, batchId);
    batches += step.batchIds.length;
    afterKey = step.lastKey;
  }
  if (batches > 0) context.logger.info("a catalogue changed; its records are classified again", { batches });
}

/** Refuses to go on where another worker has taken the pull over. */
async function holdPull(tx: Transaction, { pullId, attempt }: HeldPull): Promise<void> {
  await advancePull(tx, { pullId, attempt, pages: 0, rows: 0, rowsReread: 0, advertisedTotal: null });
}

async function putInForce(
  tx: Transaction,
  context: IngestionContext,
  platform: Platform,
  pull: HeldPull,
  { entries, catalogue }: Pick<FetchedCatalogue, "entries" | "catalogue">,
): Promise<void> {
  await holdPull(tx, pull);
  const digest = hash("sha256", JSON.stringify(entries), "hex");
  const before = await readCatalogueInForce(tx, platform.name);
  if (before?.digest === digest) return;
  await writeCatalogue(tx, {
    platform: platform.name,
    digest,
    entries,
    // In force is the latest, whatever the clocks of the workers say.
    fetchedAtMs: Math.max(context.clock(), (before?.fetchedAtMs ?? 0) + 1),
    unsettledCodes: unsettledCodes(platform, before, catalogue),
  });
}

/** What the catalogue before left unsettled, and what the two list otherwise; before the first one, every code. */
function unsettledCodes(platform: Platform, before: KeptCatalogue | null, after: Catalogue): readonly string[] | null {
  const { connection } = platform;
  if (before === null || before.unsettledCodes === null || !Array.isArray(before.entries)) return null;
  if (connection.transport !== "http-json" || connection.catalogue === null) return null;
  const listed = readCatalogue(connection.catalogue, before.entries);
  const codes = new Set([...listed.keys(), ...after.keys()]);
  const changed = [...codes].filter((code) => listed.get(code) !== after.get(code));
  return [...new Set([...before.unsettledCodes, ...changed])];
}

interface Naming {
  readonly platform: Platform;
  readonly pullId: string;
  readonly kept: KeptCatalogue;
  readonly slice: RecordSlice;
  readonly limits: NamingLimits;
}

/** Names the records of a slice in batches of the pull: it is not complete before they are posted. */
async function nameRecords(
  tx: Transaction,
  context: IngestionContext,
  { platform, pullId, kept, slice, limits }: Naming,
): Promise<string[]> {
  const rows = await readRecordsOfCodes(tx, { source: platform.name, codes: kept.unsettledCodes, slice });
  const owners = new Map<string, string[]>();
  for (const { recordKey, practitionerId } of rows) {
    const people = owners.get(recordKey);
    if (people === undefined) owners.set(recordKey, [practitionerId]);
    else people.push(practitionerId);
  }
  const records = [...owners];
  const batchIds: string[] = [];
  for (let from = 0; from < records.length; from += limits.recordsPerBatch) {
    const named = records.slice(from, from + limits.recordsPerBatch);
    const batchId = context.newId();
    await writeBatch(tx, {
      batchId,
      source: platform.name,
      origin: "pull",
      pullId,
      closesPull: false,
      completeUntilMs: null,
      receivedAtMs: context.clock(),
      rowCount: 0,
      counts: {},
      receipts: [],
      recordKeys: named.map(([recordKey]) => recordKey),
      practitionerIds: [...new Set(named.flatMap(([, people]) => people))],
    });
    batchIds.push(batchId);
  }
  return batchIds;
}
