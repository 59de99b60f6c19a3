import {
  advanceReadmission,
  type IdentityClaim,
  LookedTooEarly,
  lockDecisions,
  lockIdentities,
  type ReadmissionProgress,
  type ReadmissionRow,
  type RowDecisionRow,
  readErased,
  readIdentities,
  readRecordKeysOf,
  readRefusals,
  readRowDecisions,
  readRowOrigins,
  readVersions,
  runTransaction,
  type Transaction,
  updateMappedValues,
  updateVoided,
  writeBatch,
  writeReadmissionChanges,
  writeRefusals,
  writeRowDecisions,
  writeVersions,
} from "@xueshi/database";
import type { RecordVersion } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { findOverlaps } from "../find-overlaps.ts";
import { changedVoidings } from "../quarantine/settle-voiding.ts";
import { type ComparisonScope, compareRecord, isDifferent } from "./compare-record.ts";
import { readAnewBy } from "./mend-decisions.ts";
import type { RecordDifference, StoredRecord } from "./record-difference.ts";
import { resolveWanted } from "./resolve-wanted.ts";
import { type ClearPerson, clearKey, LAST_CLAIM_MS, settleClaims } from "./settle-claims.ts";
import type { WantedRows } from "./wanted-rows.ts";

/** What of a re-admission concerns a group of records. */
export interface RecordsToReadmit {
  readonly readmission: ReadmissionRow;
  readonly recordKeys: readonly string[];
  readonly wanted: WantedRows;
  readonly scope: ComparisonScope;
}

/** Compares a group of records with what their pages say today, without locks. */
export async function compareRecords(
  { sql, nameVariants }: Pick<IngestionContext, "sql" | "nameVariants">,
  group: RecordsToReadmit,
): Promise<RecordDifference[]> {
  const compared = await compareStored(sql as unknown as Transaction, nameVariants, group);
  return compared.map(({ difference }) => difference).filter(isDifferent);
}

interface ComparedRecord {
  readonly record: StoredRecord;
  readonly difference: RecordDifference;
}

async function compareStored(
  tx: Transaction,
  nameVariants: IngestionContext["nameVariants"],
  { recordKeys, wanted, scope }: RecordsToReadmit,
): Promise<ComparedRecord[]> {
  const stored = await withoutErased(tx, await readStored(tx, recordKeys), wanted);
  const wantedOf = await resolveWanted(tx, stored, wanted, nameVariants);
  return stored.map((record) => {
    return { record, difference: compareRecord(record, wantedOf(record.recordKey), scope) };
  });
}

/**
 * Makes a group of records read as their pages say today, in one transaction with what was changed, how far the
 * re-admission is, and a batch by which the ledger posts the difference.
 * @returns the batch; null: nothing had changed any more
 */
export async function applyDifferences(
  context: IngestionContext,
  group: RecordsToReadmit,
  progressAfter: (differences: readonly RecordDifference[], renamed: number) => ReadmissionProgress,
): Promise<string | null> {
  return runTransaction(context, async (tx) => {
    await lockDecisions(tx);
    const unlocked = await readStored(tx, group.recordKeys);
    const people = new Set(unlocked.flatMap(({ versions }) => versions.map((version) => version.practitionerId)));
    const locked = await lockPeople(tx, context, people, group);
    const records = await compareStored(tx, context.nameVariants, group);
    const owners = records.flatMap(({ record }) => record.versions);
    if (owners.some((one) => !locked.has(one.practitionerId))) throw new LookedTooEarly("people are not locked");
    const compared = records.map(({ difference }) => difference);
    const differences = compared.filter(isDifferent);
    const { repost } = group.readmission.progress;
    if (differences.length === 0 && !repost) return null;
    const byKey = new Map(records.map(({ record }) => [record.recordKey, record]));
    await writeRows(tx, context, group.readmission, differences, byKey);
    const renamed = await settleNames(tx, context, group, differences);
    const batchId = await writeTouched(tx, context, group, repost ? compared : differences, byKey, renamed);
    await findSessions(tx, differences, batchId, context.clock());
    const { readmissionId } = group.readmission;
    await writeReadmissionChanges(
      tx,
      readmissionId,
      differences.flatMap(({ changes }) => changes),
    );
    const progress = progressAfter(differences, renamed.length);
    const isOpen = await advanceReadmission(tx, { readmissionId, state: "running", progress });
    if (!isOpen) throw new ReadmissionOver();
    return batchId;
  });
}

/** The re-admission was ended, as by an operator, while it was under way. */
export class ReadmissionOver extends Error {}

async function readStored(tx: Transaction, recordKeys: readonly string[]): Promise<StoredRecord[]> {
  const [versions, refusals, decided, origins] = await Promise.all([
    readVersions(tx, recordKeys),
    readRefusals(tx, recordKeys),
    readRowDecisions(tx, recordKeys),
    readRowOrigins(tx, recordKeys),
  ]);
  const versionsOf = Map.groupBy(versions, (row) => row.recordKey);
  const refusalsOf = Map.groupBy(refusals, (row) => row.recordKey);
  const decidedOf = Map.groupBy(decided, (row) => row.recordKey);
  return recordKeys.map((recordKey) => ({
    recordKey,
    versions: versionsOf.get(recordKey) ?? [],
    refusals: refusalsOf.get(recordKey) ?? [],
    decided: decidedOf.get(recordKey) ?? [],
    origins,
  }));
}

/**
 * Records of somebody who was erased are left as they are: their rows are in no page any more, though they may have been read
 * while they were.
 */
async function withoutErased(
  tx: Transaction,
  stored: readonly StoredRecord[],
  wanted: WantedRows,
): Promise<StoredRecord[]> {
  const peopleOf = ({ recordKey, versions, refusals }: StoredRecord) => {
    const read = wanted.of(recordKey).map(({ judged }) => (judged.kind === "version" ? judged.version : judged.row));
    return [...versions, ...refusals, ...read].flatMap(({ practitionerId }) => practitionerId ?? []);
  };
  const erased = await readErased(tx, [...new Set(stored.flatMap(peopleOf))]);
  return stored.filter((record) => {
    const isTheirs = peopleOf(record).some((practitionerId) => erased.has(practitionerId));
    return !isTheirs && !record.refusals.some(({ code }) => code === "erased");
  });
}

/** Locks everybody whom the records name, and who is new by the rows that may be stored, in one statement. */
async function lockPeople(
  tx: Transaction,
  context: IngestionContext,
  named: ReadonlySet<string>,
  { recordKeys, wanted }: RecordsToReadmit,
): Promise<ReadonlySet<string>> {
  const rows = recordKeys.flatMap((recordKey) => wanted.of(recordKey));
  const versions = rows.flatMap(({ judged, isInScope }) => (judged.kind === "version" && isInScope ? [judged] : []));
  const people = [...new Set([...named, ...versions.map(({ version }) => version.practitionerId)])];
  const known = new Set((await readIdentities(tx, people)).map((identity) => identity.practitionerId));
  const claims = new Map<string, IdentityClaim>();
  for (const practitionerId of named) claims.set(practitionerId, claimOf({ practitionerId, nameDigest: "00" }));
  for (const { version, id, name } of versions) {
    const { practitionerId } = version;
    const seal = known.has(practitionerId) ? null : context.vault.sealPerson({ id, name });
    if (!claims.has(practitionerId)) claims.set(practitionerId, { ...claimOf(version), seal });
  }
  await lockIdentities(tx, [...claims.values()]);
  return new Set(claims.keys());
}

/** A claim that stands only where nobody is known; the names are settled when the rows are written. */
function claimOf(
  version: Pick<RecordVersion, "practitionerId" | "nameDigest"> & Partial<RecordVersion>,
): IdentityClaim {
  const { practitionerId, nameDigest, nameVariantDigest = null, source = "", recordId = "" } = version;
  return {
    ...{ practitionerId, nameDigest, nameVariantDigest, claimedAtMs: LAST_CLAIM_MS },
    ...{ claimSource: source, claimRecordId: recordId, seal: null },
  };
}

async function writeRows(
  tx: Transaction,
  context: IngestionContext,
  readmission: ReadmissionRow,
  differences: readonly RecordDifference[],
  stored: ReadonlyMap<string, StoredRecord>,
): Promise<void> {
  const added = differences.flatMap((difference) => difference.added);
  for (const [batchId, rows] of Map.groupBy(added, ({ place }) => place.batchId)) {
    await writeVersions(
      tx,
      batchId,
      rows.map(({ version, place }) => ({ version, ...place })),
    );
  }
  const refused = differences.flatMap((difference) => difference.refused);
  for (const [batchId, rows] of Map.groupBy(refused, ({ place }) => place.batchId)) {
    await writeRefusals(
      tx,
      batchId,
      rows.map(({ row, place }) => ({ row, ...place })),
      "ordinal",
    );
  }
  await updateMappedValues(
    tx,
    differences.flatMap((difference) => difference.changed),
  );
  const voidedBy = readmission.readmissionId;
  await updateVoided(
    tx,
    differences.flatMap(({ leftOut }) => leftOut.map((version) => ({ ...version, voidedBy }))),
  );
  await writeRowDecisions(
    tx,
    differences.flatMap((difference) =>
      decisionsOf(difference, stored.get(difference.recordKey)?.decided ?? [], readmission, context),
    ),
  );
  await settleVoidings(tx, differences, stored);
}

/** By which refused rows stand no more or stand again, and operators' decisions about rows that read otherwise. */
function decisionsOf(
  { recordKey, settled, reinstated, decisions }: RecordDifference,
  decided: readonly RowDecisionRow[],
  { actor, reason }: ReadmissionRow,
  { clock, newId }: Pick<IngestionContext, "clock" | "newId">,
): RowDecisionRow[] {
  let decidedAtMs = decided.reduce((latest, one) => Math.max(latest, one.decidedAtMs + 1), clock());
  const make = (row: Omit<RowDecisionRow, "recordKey" | "decidedAtMs" | "decisionId">): RowDecisionRow => {
    const made = { ...row, recordKey, decidedAtMs, decisionId: newId() };
    decidedAtMs += 1;
    return made;
  };
  const own = { document: null, actor, reason } as const;
  return [
    ...decisions.moved.map((moved) => make({ ...moved, undoes: null })),
    ...settled.map(({ updateTimeMs, contentDigest }) =>
      make({ ...own, kind: "correct", updateTimeMs, contentDigest, standingDigest: null, undoes: null }),
    ),
    ...reinstated.map((row) => {
      const { updateTimeMs, contentDigest } = row;
      const undoes = readAnewBy(row, decided);
      return make({ ...own, kind: "undo", updateTimeMs, contentDigest, standingDigest: null, undoes });
    }),
  ];
}

/** What operators decided of a record says which of its rows are left out, those that are new among them. */
async function settleVoidings(
  tx: Transaction,
  differences: readonly RecordDifference[],
  stored: ReadonlyMap<string, StoredRecord>,
): Promise<void> {
  const recordKeys = differences.map(({ recordKey }) => recordKey);
  const decidedOf = recordKeys.filter((recordKey) => (stored.get(recordKey)?.decided.length ?? 0) > 0);
  if (decidedOf.length === 0) return;
  const [versions, decided] = await Promise.all([readVersions(tx, decidedOf), readRowDecisions(tx, decidedOf)]);
  const versionsOf = Map.groupBy(versions, (row) => row.recordKey);
  for (const [recordKey, ofRecord] of Map.groupBy(decided, (row) => row.recordKey)) {
    await updateVoided(tx, changedVoidings(versionsOf.get(recordKey) ?? [], ofRecord));
  }
}

async function settleNames(
  tx: Transaction,
  context: IngestionContext,
  { scope, wanted }: RecordsToReadmit,
  differences: readonly RecordDifference[],
): Promise<string[]> {
  const people = new Set<string>();
  const clear = new Map<string, ClearPerson>();
  for (const { recordKey, added, changed, leftOut } of differences) {
    const versions = [...added.map(({ version }) => version), ...changed, ...leftOut];
    for (const version of versions) people.add(version.practitionerId);
    for (const { judged } of wanted.of(recordKey)) {
      if (judged.kind === "version") clear.set(clearKey(judged.version), { id: judged.id, name: judged.name });
    }
  }
  return settleClaims(tx, context, [...people], scope.readmissionIds, clear);
}

async function writeTouched(
  tx: Transaction,
  context: IngestionContext,
  { readmission }: RecordsToReadmit,
  touched: readonly RecordDifference[],
  stored: ReadonlyMap<string, StoredRecord>,
  renamed: readonly string[],
): Promise<string> {
  const recordKeys = new Set(touched.map(({ recordKey }) => recordKey));
  const people = new Set(renamed);
  const add = (practitionerId: string | null) => practitionerId !== null && people.add(practitionerId);
  for (const { recordKey, added, refused } of touched) {
    for (const { version } of added) add(version.practitionerId);
    for (const { row } of refused) add(row.practitionerId);
    for (const version of stored.get(recordKey)?.versions ?? []) add(version.practitionerId);
    for (const row of stored.get(recordKey)?.refusals ?? []) add(row.practitionerId);
  }
  if (renamed.length > 0) for (const recordKey of await readRecordKeysOf(tx, renamed)) recordKeys.add(recordKey);
  const batchId = context.newId();
  await writeBatch(tx, {
    batchId,
    source: readmission.source,
    origin: "readmission",
    pullId: readmission.readmissionId,
    closesPull: false,
    completeUntilMs: null,
    receivedAtMs: context.clock(),
    rowCount: 0,
    counts: {},
    receipts: [],
    recordKeys: [...recordKeys],
    practitionerIds: [...people],
  });
  return batchId;
}

async function findSessions(
  tx: Transaction,
  differences: readonly RecordDifference[],
  batchId: string,
  atMs: number,
): Promise<void> {
  const versions = differences.flatMap(({ added, changed }) => [...added.map(({ version }) => version), ...changed]);
  await findOverlaps(tx, versions, { batchId, atMs });
}
