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
import { behindOthers, inSlices } from "./in-slices.ts";
import type { PostingContext } from "./posting-context.ts";

export interface PlannedPosting {
  readonly plan: PostingPlan;
  readonly heads: ReadonlyMap<string, Head>;
  readonly nameDigests: ReadonlyMap<string, string>;
  readonly batchId: string | null;
  readonly reason: string;
  readonly actor: string;
  /** Writes what belongs to the posting, sent with it; is given the latest instant that it records, ms since 1970 UTC. */
  readonly beside?: (recordedAtMs: number) => Promise<unknown>;
  /** By person: the entry that closes the chain. */
  readonly tombstones?: ReadonlyMap<string, EntryBody>;
}

/**
 * Writes a plan under the heads' locks: entries, the moved heads, the record-state and balance caches, and the posting.
 * Everything is in the caller's transaction. Returns the id of the posting.
 */
export async function writePlan(tx: Transaction, planned: PlannedPosting, context: PostingContext): Promise<string> {
  const { plan, heads, nameDigests } = planned;
  const postingId = context.newId();
  const nowMs = context.clock();
  const entries: Entry[] = [];
  const moved: Head[] = [];
  const runs: PostedRun[] = [];
  const states: RecordStateRow[] = [];
  const reversed: RecordStateRow[] = [];
  const entriesOf = ([practitionerId]: readonly [string, Head]) => 1 + (plan.entries.get(practitionerId)?.length ?? 0);
  for await (const people of inSlices(heads, entriesOf)) {
    for (const [practitionerId, head] of people) {
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
  }
  const recordedAtMs = moved.reduce((latest, head) => Math.max(latest, head.recordedAtMs), nowMs);
  const turn = moved.reduce((latest, head) => Math.max(latest, head.turn), 0) + 1;
  const slots = sortSlots(states, reversed);
  const ofPlan = { batchId: planned.batchId, reason: planned.reason, actor: planned.actor };
  await Promise.all([
    writeHeads(
      tx,
      moved.map((head) => ({ ...head, turn })),
    ),
    writeOutbox(tx, { turn, postingId, runs }),
    updateRecordStates(tx, slots.moved),
    deleteRecordStates(tx, slots.gone),
    addToBalances(tx, balancesOf(entries)),
    writePosting(tx, { ...ofPlan, postingId, recordedAtMs, entryCount: entries.length }),
    behindOthers(entries.length, () => writeEntries(tx, entries)),
    behindOthers(entries.length, () => insertRecordStates(tx, slots.added)),
    planned.beside?.(recordedAtMs),
  ]);
  return postingId;
}

interface SortedSlots {
  readonly added: readonly RecordStateRow[];
  readonly moved: readonly RecordStateRow[];
  readonly gone: readonly RecordStateRow[];
}

/** A slot had a state exactly where its posting is reversed: it moves or goes; every other one is new. */
function sortSlots(posted: readonly RecordStateRow[], reversed: readonly RecordStateRow[]): SortedSlots {
  if (reversed.length === 0) return { added: posted, moved: [], gone: [] };
  const slotKey = ({ practitionerId, recordKey, slot }: RecordStateRow) => `${practitionerId}/${recordKey}/${slot}`;
  const before = new Set(reversed.map(slotKey));
  const after = new Set(posted.map(slotKey));
  return {
    added: posted.filter((row) => !before.has(slotKey(row))),
    moved: posted.filter((row) => before.has(slotKey(row))),
    gone: reversed.filter((row) => !after.has(slotKey(row))),
  };
}
