import {
  type BatchRow,
  type IdentityClaim,
  lockIdentities,
  type Sql,
  writeBatch,
  writeVersions,
} from "@xueshi/database";
import type { RecordVersion } from "@xueshi/domain";
import type { Vault } from "@xueshi/vault";
import { BENCH_NAME, BENCH_PLATFORM, type BenchPerson, makePerson, makeVersion } from "./bench-people.ts";

/** A batch that is stored and waits to be posted. All its people are new, so the nth record of one is the nth event. */
export interface StoredBatch {
  readonly batchId: string;
  readonly versions: readonly RecordVersion[];
}

export interface BatchShape {
  readonly batches: number;
  readonly recordsPerBatch: number;
  readonly recordsPerPerson: number;
}

export interface StoreContext {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly newId: () => string;
  readonly receivedAtMs: number;
}

/** Stores batches as ingestion leaves them, in their order, each of people of its own. */
export async function storeBatches(
  context: StoreContext,
  firstPerson: number,
  { batches, recordsPerBatch, recordsPerPerson }: BatchShape,
): Promise<StoredBatch[]> {
  const peoplePerBatch = Math.ceil(recordsPerBatch / recordsPerPerson);
  const stored: StoredBatch[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const people = Array.from({ length: peoplePerBatch }, (_, index) =>
      makePerson(firstPerson + batch * peoplePerBatch + index, context.vault),
    );
    const versions = Array.from({ length: recordsPerBatch }, (_, index) =>
      makeVersion(people[Math.floor(index / recordsPerPerson)] as BenchPerson, index % recordsPerPerson),
    );
    stored.push(await storeBatch(context, people, versions));
  }
  return stored;
}

/** Stores one batch of records, of people who may be known already. */
export async function storeBatch(
  { sql, vault, newId, receivedAtMs }: StoreContext,
  people: readonly BenchPerson[],
  versions: readonly RecordVersion[],
): Promise<StoredBatch> {
  const batchId = newId();
  const claims = claimsOf(people, vault);
  const rows = versions.map((version, batchIndex) => ({ version, batchIndex, occurrences: 1 }));
  await sql.begin(async (tx) => {
    await lockIdentities(tx, claims);
    await writeVersions(tx, batchId, rows);
    await writeBatch(tx, batchOf(batchId, people, versions, receivedAtMs));
  });
  return { batchId, versions };
}

/** Who is known by the records of a batch. */
export function claimsOf(people: readonly BenchPerson[], vault: Vault): IdentityClaim[] {
  return people.map(({ practitionerId, nameDigest, idNumber }) => ({
    ...{ practitionerId, nameDigest, nameVariantDigest: null, claimedAtMs: 0, claimSource: BENCH_PLATFORM },
    ...{ claimRecordId: "", seal: vault.sealPerson({ id: idNumber, name: BENCH_NAME }) },
  }));
}

/** The batch of some records, all accepted. */
export function batchOf(
  batchId: string,
  people: readonly BenchPerson[],
  versions: readonly RecordVersion[],
  receivedAtMs: number,
): BatchRow {
  return {
    ...{ batchId, source: BENCH_PLATFORM, origin: "push", pullId: null, closesPull: false, completeUntilMs: null },
    ...{ receivedAtMs, rowCount: versions.length, counts: { accepted: versions.length } },
    receipts: versions.map(({ recordId }) => [recordId, "accepted", null] as const),
    recordKeys: versions.map(({ recordKey }) => recordKey),
    practitionerIds: people.map(({ practitionerId }) => practitionerId),
  };
}
