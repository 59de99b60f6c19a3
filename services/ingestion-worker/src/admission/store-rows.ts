import {
  keptUpdateTimeMs,
  type OccurrenceMode,
  type RefusalRow,
  readDecisionsInForce,
  readKnownNames,
  readRecordKeysOf,
  readRefusalOrders,
  readVersionOrders,
  type StoredReceipt,
  type StoredRefusalOrder,
  type StoredVersionOrder,
  type Transaction,
  updateOccurrences,
  type VersionRow,
  writeBatch,
  writeRawPage,
  writeRefusals,
  writeVersions,
} from "@xueshi/database";
import { REFUSED_BY_OPERATOR, type RecordVersion, receiptOutcome, type VersionOrder } from "@xueshi/domain";
import type { Sealed } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { sealWithout } from "./erasure/erase-raw-rows.ts";
import { refuseErased } from "./erasure/refuse-erased.ts";
import { findOverlaps } from "./find-overlaps.ts";
import { contentKeyOf, type JudgedRow } from "./judge-rows.ts";
import { createVersionJudge, type VersionJudge } from "./judge-stored.ts";
import { resolveWithdrawals } from "./resolve-withdrawals.ts";
import { type SettledIdentities, settleIdentities } from "./settle-identities.ts";
import { placesOfContents } from "./stored-contents.ts";

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
  readonly raw: RawToKeep | null;
}

/** The rows as they came. */
export interface RawToKeep {
  readonly content: string | Uint8Array;
  /** The same, sealed. */
  readonly sealed: Sealed;
  /** A date, `yyyy-mm-dd`. */
  readonly retainUntil: string;
  /** People of whom it holds rows that are not judged here. */
  readonly alsoOf?: readonly string[];
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
  /** Versions that were not stored before. */
  readonly newVersions: readonly RecordVersion[];
}

/**
 * Stores judged rows with their receipts: identities are settled under their locks, versions and refusals are kept once
 * each, and the batch names the records and people that its posting must look at.
 * Source: ARCHITECTURE.md, invariants 3 and 5.
 */
export async function storeRows(
  tx: Transaction,
  asked: BatchToStore,
  context: Pick<IngestionContext, "vault" | "knownPeople" | "nameVariants" | "sources">,
): Promise<StoredBatch> {
  const { vault, knownPeople, nameVariants } = context;
  const resolved = await resolveWithdrawals(tx, asked.judged, nameVariants);
  const { judged, erased } = await refuseErased(tx, resolved, vault, asked.raw?.alsoOf);
  const batch = { ...asked, judged };
  const versions = batch.judged.filter((row) => row.kind === "version");
  const refused = batch.judged.filter((row) => row.kind === "refused");
  const identities = await settleIdentities(tx, versions, vault, knownPeople);
  const recordKeys = unique(versions.map((row) => row.version.recordKey));
  const [stored, decisions, storedRefusals, renamedKeys] = await Promise.all([
    versions.length === 0 ? [] : readVersionOrders(tx, recordKeys),
    versions.length === 0 ? new Map() : readDecisionsInForce(tx, recordKeys),
    refused.length === 0 ? [] : readRefusalOrders(tx, unique(refused.map((r) => r.row.recordKey))),
    identities.renamed.length === 0 ? [] : readRecordKeysOf(tx, identities.renamed),
  ]);
  const knownNames = await namesOfOwners(tx, stored, identities);
  const judge = createVersionJudge({ knownNames, decisions, nameVariants });
  const outcome = decideReceipts(batch, stored, storedRefusals, judge);
  const touched = touchedBy(outcome, stored, renamedKeys, identities.renamed);
  const counts = countOutcomes(outcome, batch.totalRows);
  const { versionRows } = outcome;
  await Promise.all([
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
    keepRaw(tx, batch, erased, context),
    writeVersions(tx, batch.batchId, versionRows),
  ]);
  const newVersions = versionRows.map((row) => row.version);
  await findOverlaps(tx, newVersions, { batchId: batch.batchId, atMs: batch.receivedAtMs });
  return { receipts: outcome.receipts, counts, newVersions };
}

/** Keeps the rows as they came, those of people who were erased left out. */
async function keepRaw(
  tx: Transaction,
  { batchId, source, origin, receivedAtMs, raw }: BatchToStore,
  erased: ReadonlySet<string>,
  context: Pick<IngestionContext, "vault" | "sources">,
): Promise<void> {
  if (raw === null) return;
  const from = { source, origin, receivedAtMs };
  const sealed = erased.size === 0 ? raw.sealed : sealWithout(raw, from, erased, context);
  if (sealed !== null) await writeRawPage(tx, { batchId, ...sealed, retainUntil: raw.retainUntil });
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
async function namesOfOwners(
  tx: Transaction,
  stored: readonly StoredVersionOrder[],
  identities: SettledIdentities,
): Promise<SettledIdentities["knownNames"]> {
  const missing = unique(stored.map((version) => version.practitionerId)).filter(
    (practitionerId) => !identities.knownNames.has(practitionerId),
  );
  if (missing.length === 0) return identities.knownNames;
  return new Map([...identities.knownNames, ...(await readKnownNames(tx, missing))]);
}

type HistoryItem = VersionOrder & Omit<StoredVersionOrder, "occurrences">;

function decideReceipts(
  batch: BatchToStore,
  stored: readonly StoredVersionOrder[],
  storedRefusals: readonly StoredRefusalOrder[],
  judge: VersionJudge,
): DecidedRows {
  const earlier = new Map<string, HistoryItem[]>();
  for (const version of stored) {
    const list = earlier.get(version.recordKey) ?? [];
    list.push(version);
    earlier.set(version.recordKey, list);
  }
  const places = placesOfContents(stored.map((one) => ({ ...one, isLeftOut: one.voidedBy !== null })));
  const refusalPlaces = placesOfContents(storedRefusals.map((one) => ({ ...one, isLeftOut: !one.isSaid })));
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
      const { row } = judged;
      const { recordKey, contentDigest } = row;
      const key = contentKeyOf(recordKey, { updateTimeMs: keptUpdateTimeMs(row), contentDigest });
      receipts.push({ index, recordId: row.recordId, outcome: "refused", code: row.code });
      const place = refusalPlaces.get(key) ?? { contentDigest, occurrences: 0 };
      if (isReread(place.occurrences, ordinal)) reread += 1;
      else {
        const next = occurrencesAfter(refusalRows.get(key)?.occurrences, ordinal);
        const counted = { ...row, contentDigest: place.contentDigest };
        refusalRows.set(key, { row: counted, occurrences: next, batchIndex: index });
      }
      continue;
    }
    const version = judge.withVoiding(judged.version);
    const { contentKey } = judged;
    const before = earlier.get(version.recordKey);
    receipts.push({ index, recordId: version.recordId, ...endingOf(version, before ?? [], judge) });
    const place = places.get(contentKey);
    if (isReread(place?.occurrences ?? 0, ordinal)) {
      reread += 1;
      continue;
    }
    const rows = place === undefined ? versionRows : saidAgain;
    const other = rows.get(contentKey);
    const next = occurrencesAfter(other?.occurrences ?? place?.occurrences, ordinal);
    const counted = place === undefined ? version : { ...version, contentDigest: place.contentDigest };
    rows.set(contentKey, { version: counted, occurrences: next, batchIndex: other?.batchIndex ?? index });
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

/** How a row ends beside what is there of its record; what an operator decided of it comes first. */
function endingOf(
  version: HistoryItem,
  before: readonly HistoryItem[],
  judge: VersionJudge,
): Pick<RowReceipt, "outcome" | "code"> {
  const judgement = judge.judge(version);
  if (judgement === "voided" && judge.isRefused(version)) return { outcome: "refused", code: REFUSED_BY_OPERATOR };
  if (judgement !== "admitted" && judgement !== "voided") return { outcome: "held", code: judgement };
  const admitted = before.filter((item) => judge.judge(item) === "admitted");
  if (judgement === "voided" && admitted.length === 0) return { outcome: "unchanged", code: null };
  return { outcome: receiptOutcome(admitted, version), code: null };
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
