import {
  type OccurrenceMode,
  type RefusalRow,
  readNameDigests,
  readRecordKeysOf,
  readRefusalOccurrences,
  readVersionOrders,
  refusalKey,
  type StoredReceipt,
  type StoredVersionOrder,
  type Transaction,
  updateOccurrences,
  type VersionRow,
  writeBatch,
  writeRawPage,
  writeRefusals,
  writeVersions,
} from "@xueshi/database";
import { receiptOutcome, type VersionOrder } from "@xueshi/domain";
import type { Sealed, Vault } from "@xueshi/vault";
import { contentKeyOf, type JudgedRow } from "./judge-rows.ts";
import type { KnownPeople } from "./settle-identities.ts";
import { type SettledIdentities, settleIdentities } from "./settle-identities.ts";

/** One batch to store. Everything it says is committed in the caller's transaction, and only then acknowledged. */
export interface BatchToStore {
  readonly batchId: string;
  readonly source: string;
  readonly origin: "pull" | "push";
  readonly pullId: string | null;
  readonly closesPull: boolean;
  readonly completeUntilMs: number | null;
  readonly receivedAtMs: number;
  readonly judged: readonly JudgedRow[];
  readonly totalRows: number;
  readonly occurrenceMode: OccurrenceMode;
  /** The rows as they came; `retainUntil` is a date, `yyyy-mm-dd`. */
  readonly raw: { readonly sealed: Sealed; readonly retainUntil: string } | null;
}

export interface RowReceipt {
  readonly index: number;
  readonly recordId: string;
  readonly outcome: string;
  readonly code: string | null;
}

export interface StoredBatch {
  readonly receipts: readonly RowReceipt[];
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Stores judged rows with their receipts: identities are settled under their locks, versions and refusals are kept once
 * each, and the batch names the records and people that its posting must look at.
 * Source: ARCHITECTURE.md, invariants 3 and 5.
 */
export async function storeRows(
  tx: Transaction,
  batch: BatchToStore,
  vault: Vault,
  knownPeople: KnownPeople,
): Promise<StoredBatch> {
  const versions = batch.judged.filter((row) => row.kind === "version");
  const refused = batch.judged.filter((row) => row.kind === "refused");
  const identities = await settleIdentities(tx, versions, vault, knownPeople);
  const [stored, storedRefusals, renamedKeys] = await Promise.all([
    versions.length === 0 ? [] : readVersionOrders(tx, unique(versions.map((row) => row.version.recordKey))),
    refused.length === 0
      ? new Map<string, number>()
      : readRefusalOccurrences(tx, unique(refused.map((r) => r.row.recordKey))),
    identities.renamed.length === 0 ? [] : readRecordKeysOf(tx, identities.renamed),
  ]);
  const nameDigests = await nameDigestsOfOwners(tx, stored, identities);
  const outcome = decideReceipts(batch, stored, storedRefusals, nameDigests);
  const touched = touchedBy(outcome, stored, renamedKeys, identities.renamed);
  const counts = countOutcomes(outcome, batch.totalRows);
  await Promise.all([
    writeVersions(tx, batch.batchId, outcome.versionRows),
    updateOccurrences(tx, outcome.saidAgain),
    writeRefusals(tx, batch.batchId, outcome.refusalRows, batch.occurrenceMode),
    writeBatch(tx, {
      batchId: batch.batchId,
      source: batch.source,
      origin: batch.origin,
      pullId: batch.pullId,
      closesPull: batch.closesPull,
      completeUntilMs: batch.completeUntilMs,
      receivedAtMs: batch.receivedAtMs,
      rowCount: batch.judged.length + batch.totalRows,
      counts,
      receipts: outcome.receipts.map((one): StoredReceipt => [one.recordId, one.outcome, one.code]),
      recordKeys: touched.recordKeys,
      practitionerIds: touched.practitionerIds,
    }),
    batch.raw === null
      ? undefined
      : writeRawPage(tx, { batchId: batch.batchId, ...batch.raw.sealed, retainUntil: batch.raw.retainUntil }),
  ]);
  return { receipts: outcome.receipts, counts };
}

interface DecidedRows {
  readonly receipts: RowReceipt[];
  readonly versionRows: readonly VersionRow[];
  /** Versions that are stored already, with how many rows have said them now. */
  readonly saidAgain: readonly VersionRow[];
  readonly refusalRows: RefusalRow[];
  readonly reread: number;
}

/** A record may have belonged to someone who is not in this batch: whether that version is held, their name decides. */
async function nameDigestsOfOwners(
  tx: Transaction,
  stored: readonly StoredVersionOrder[],
  identities: SettledIdentities,
): Promise<ReadonlyMap<string, string>> {
  const missing = unique(stored.map((version) => version.practitionerId)).filter(
    (practitionerId) => !identities.nameDigests.has(practitionerId),
  );
  if (missing.length === 0) return identities.nameDigests;
  return new Map([...identities.nameDigests, ...(await readNameDigests(tx, missing))]);
}

type HistoryItem = VersionOrder & { readonly practitionerId: string; readonly nameDigest: string };

function decideReceipts(
  batch: BatchToStore,
  stored: readonly StoredVersionOrder[],
  storedRefusals: ReadonlyMap<string, number>,
  nameDigests: ReadonlyMap<string, string>,
): DecidedRows {
  const isHeld = (item: HistoryItem) => nameDigests.get(item.practitionerId) !== item.nameDigest;
  const earlier = new Map<string, HistoryItem[]>();
  const occurrences = new Map<string, number>();
  for (const version of stored) {
    const list = earlier.get(version.recordKey) ?? [];
    list.push(version);
    earlier.set(version.recordKey, list);
    occurrences.set(contentKeyOf(version.recordKey, version), version.occurrences);
  }
  const receipts: RowReceipt[] = [];
  const versionRows = new Map<string, VersionRow>();
  const saidAgain = new Map<string, VersionRow>();
  const refusalRows = new Map<string, RefusalRow>();
  const isReread = (before: number, ordinal: number) => batch.occurrenceMode === "ordinal" && ordinal <= before;
  const occurrencesAfter = (before: number | undefined, ordinal: number) =>
    batch.occurrenceMode === "ordinal" ? ordinal : (before ?? 0) + 1;
  let reread = 0;
  for (const judged of batch.judged) {
    const { index, ordinal } = judged;
    if (judged.kind === "refused") {
      const key = refusalKey(judged.row);
      receipts.push({ index, recordId: judged.row.recordId, outcome: "refused", code: judged.row.code });
      if (isReread(storedRefusals.get(key) ?? 0, ordinal)) reread += 1;
      else {
        const next = occurrencesAfter(refusalRows.get(key)?.occurrences, ordinal);
        refusalRows.set(key, { row: judged.row, occurrences: next, batchIndex: index });
      }
      continue;
    }
    const { version, contentKey } = judged;
    const before = earlier.get(version.recordKey);
    const held = isHeld(version);
    const admitted = before?.filter((item) => !isHeld(item)) ?? [];
    const outcome = held ? "held" : receiptOutcome(admitted, version);
    receipts.push({
      index,
      recordId: version.recordId,
      outcome,
      code: held ? "identity_conflict" : null,
    });
    if (isReread(occurrences.get(contentKey) ?? 0, ordinal)) {
      reread += 1;
      continue;
    }
    const storedTimes = occurrences.get(contentKey);
    const rows = storedTimes === undefined ? versionRows : saidAgain;
    const other = rows.get(contentKey);
    const next = occurrencesAfter(other?.occurrences ?? storedTimes, ordinal);
    rows.set(contentKey, { version, occurrences: next, batchIndex: other?.batchIndex ?? index });
    if (before === undefined) earlier.set(version.recordKey, [version]);
    else before.push(version);
  }
  return {
    receipts,
    versionRows: [...versionRows.values()],
    saidAgain: [...saidAgain.values()],
    refusalRows: [...refusalRows.values()],
    reread,
  };
}

/** The records and people that posting must look at: what is new here, and everything of people with another name. */
function touchedBy(
  outcome: DecidedRows,
  stored: readonly StoredVersionOrder[],
  renamedKeys: readonly string[],
  renamed: readonly string[],
): { recordKeys: string[]; practitionerIds: string[] } {
  const recordKeys = new Set(renamedKeys);
  const practitionerIds = new Set(renamed);
  for (const { version } of [...outcome.versionRows, ...outcome.saidAgain]) {
    recordKeys.add(version.recordKey);
    practitionerIds.add(version.practitionerId);
  }
  for (const { row } of outcome.refusalRows) {
    if (row.practitionerId === null) continue;
    recordKeys.add(row.recordKey);
    practitionerIds.add(row.practitionerId);
  }
  for (const version of stored) if (recordKeys.has(version.recordKey)) practitionerIds.add(version.practitionerId);
  return { recordKeys: [...recordKeys], practitionerIds: [...practitionerIds] };
}

function countOutcomes(outcome: DecidedRows, totalRows: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const receipt of outcome.receipts) counts[receipt.outcome] = (counts[receipt.outcome] ?? 0) + 1;
  if (outcome.reread > 0) counts.reread = outcome.reread;
  if (totalRows > 0) counts.total_row = totalRows;
  return counts;
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)];
}
