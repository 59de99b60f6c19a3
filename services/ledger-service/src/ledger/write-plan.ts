import {
  addToBalances,
  deleteRecordStates,
  insertRecordStates,
  type PostedRun,
  type Transaction,
  updateRecordStates,
  writeEntries,
  writeHeads,
  writeOutbox,
  writePosting,
} from "@xueshi/database";
import {
  appendEntries,
  balancesOf,
  type Entry,
  type EntryBody,
  type Head,
  identityEntry,
  type PostingPlan,
  type RecordStateRow,
} from "@xueshi/domain";
import type { PostingContext } from "./posting-context.ts";

export interface PlannedPosting {
  readonly plan: PostingPlan;
  readonly heads: ReadonlyMap<string, Head>;
  readonly nameDigests: ReadonlyMap<string, string>;
  readonly batchId: string | null;
  readonly reason: string;
  readonly actor: string;
  /** By person: the entry that closes the chain. */
  readonly tombstones?: ReadonlyMap<string, EntryBody>;
}

export interface WrittenPosting {
  readonly postingId: string;
  /** Milliseconds since 1970 UTC: that of the latest entry, or now when there is none. */
  readonly recordedAtMs: number;
}

/**
 * Writes a plan under the heads' locks: entries, the moved heads, the record-state and balance caches, and the posting.
 * Everything is in the caller's transaction. Returns the posting and the latest instant that it recorded.
 */
export async function writePlan(
  tx: Transaction,
  planned: PlannedPosting,
  context: PostingContext,
): Promise<WrittenPosting> {
  const { plan, heads, nameDigests } = planned;
  const postingId = context.newId();
  const nowMs = context.clock();
  const entries: Entry[] = [];
  const moved: Head[] = [];
  const runs: PostedRun[] = [];
  const states: RecordStateRow[] = [];
  const reversed: RecordStateRow[] = [];
  for (const [practitionerId, head] of heads) {
    const planEntries = plan.entries.get(practitionerId) ?? [];
    const nameDigest = nameDigests.get(practitionerId);
    const bodies = planEntries.map((entry) => entry.body);
    const isNewName = nameDigest !== undefined && nameDigest !== head.nameDigest;
    if (isNewName) bodies.unshift(identityEntry(nameDigest, planned.actor));
    const tombstone = planned.tombstones?.get(practitionerId);
    if (tombstone !== undefined) bodies.push(tombstone);
    if (bodies.length === 0) continue;
    const appended = appendEntries(head, bodies, postingId, nowMs, context.suite);
    moved.push(appended.head);
    runs.push({
      practitionerId,
      firstSequence: head.sequence + 1,
      entryCount: bodies.length,
      hashes: appended.entries.map((entry) => entry.hash),
    });
    for (const entry of appended.entries) entries.push(entry);
    const offset = head.sequence + (isNewName ? 1 : 0);
    planEntries.forEach(({ body, standing }, index) => {
      const row = {
        practitionerId,
        recordKey: body.recordKey ?? "",
        slot: body.slot,
        source: body.source ?? "",
        state: body.state ?? "",
        achievementKey: standing?.achievementKey ?? null,
        sequence: offset + index + 1,
      };
      (standing === null ? reversed : states).push(row);
    });
  }
  const recordedAtMs = moved.reduce((latest, head) => Math.max(latest, head.recordedAtMs), nowMs);
  const turn = moved.reduce((latest, head) => Math.max(latest, head.turn), 0) + 1;
  await Promise.all([
    writeEntries(tx, entries),
    writeHeads(
      tx,
      moved.map((head) => ({ ...head, turn })),
    ),
    writeOutbox(tx, { turn, postingId, runs }),
    writeRecordStates(tx, states, reversed),
    addToBalances(tx, balancesOf(entries)),
    writePosting(tx, {
      postingId,
      batchId: planned.batchId,
      reason: planned.reason,
      actor: planned.actor,
      recordedAtMs,
      entryCount: entries.length,
    }),
  ]);
  return { postingId, recordedAtMs };
}

/** A slot had a state exactly where its posting is reversed: it moves or goes; every other one is new. */
async function writeRecordStates(
  tx: Transaction,
  posted: readonly RecordStateRow[],
  reversed: readonly RecordStateRow[],
): Promise<void> {
  if (reversed.length === 0) return insertRecordStates(tx, posted);
  const slotKey = ({ practitionerId, recordKey, slot }: RecordStateRow) => `${practitionerId}/${recordKey}/${slot}`;
  const before = new Set(reversed.map(slotKey));
  const after = new Set(posted.map(slotKey));
  await Promise.all([
    insertRecordStates(
      tx,
      posted.filter((row) => !before.has(slotKey(row))),
    ),
    updateRecordStates(
      tx,
      posted.filter((row) => before.has(slotKey(row))),
    ),
    deleteRecordStates(
      tx,
      reversed.filter((row) => !after.has(slotKey(row))),
    ),
  ]);
}
