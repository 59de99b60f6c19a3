import { copyFeed, type Sql, writeTiles } from "@xueshi/database";
import { appendLeaves, type Entry, entryHash, GENESIS_HASH } from "@xueshi/domain";
import { createNoteSigner, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import fc from "fast-check";
import { numberPostings } from "../../services/ledger-service/src/ledger/number-postings.ts";
import { signCheckpoint } from "../../services/ledger-service/src/ledger/sign-checkpoint.ts";
import { generatedMaterials, type Material } from "./arrivals.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import { readLedger } from "./read-ledger.ts";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedule.ts";
import { chainsOf } from "./verify-ledger.ts";

export const ORIGIN = "ledger.example/xueshi";
export const signer = createNoteSigner(ORIGIN, Buffer.alloc(32, 7));

const sequencer = ({ posting, clock }: LedgerWorld) => ({ sql: posting.sql, clock, treeHash: sha256TreeHash });

/** Signs a checkpoint over everything that is posted. */
export function sign(world: LedgerWorld) {
  return signCheckpoint({ ...sequencer(world), chance: world.posting.chance, origin: ORIGIN, signer });
}

/** Numbers what waits, but for what the last round leaves. */
export function number(world: LedgerWorld): Promise<number> {
  return numberPostings(sequencer(world));
}

/** One world that tests share: several people, duplicates, decisions, reversals; two checkpoints and a tail that waits. */
export async function fillWorld(world: LedgerWorld): Promise<Material> {
  const [material] = fc.sample(generatedMaterials, { seed: 20_260_301, numRuns: 1 });
  const [steps] = fc.sample(schedules, { seed: 20_260_301, numRuns: 1 });
  if (material === undefined || steps === undefined) throw new Error("nothing was drawn");
  await runSchedule(world, material, steps);
  return material;
}

/** Posts some more records of the city, each by itself. */
export async function postMore(world: LedgerWorld, { arrivals }: Material, name: string, count: number): Promise<void> {
  const rows = arrivals.flatMap((arrival) =>
    arrival.kind === "row" && arrival.source === "quzhou-city" ? [arrival.raw] : [],
  );
  for (const [at, row] of rows.slice(0, count).entries()) {
    await world.pull("quzhou-city", [{ ...row, record_id: `${name}-${at}` }]);
    for (const batchId of await world.unposted()) await world.post(batchId);
  }
}

/** What one does who changed entries and owns the database: makes every hash, head and tile anew from the entries. */
export async function rehash(owner: Sql): Promise<void> {
  const { entries } = await readLedger(owner);
  const hashes = new Map<string, string>();
  for (const [practitionerId, chain] of chainsOf(entries)) {
    let hash = GENESIS_HASH;
    for (const entry of chain as (Entry & { hash: string })[]) {
      hash = entryHash(sha256Suite, hash, entry);
      hashes.set(`${practitionerId}/${entry.sequence}`, hash);
      await owner`
        UPDATE ledger.entry SET hash = decode(${hash}, 'hex')
        WHERE practitioner_id = ${practitionerId} AND sequence = ${entry.sequence}`;
    }
    await owner`UPDATE ledger.head SET hash = decode(${hash}, 'hex') WHERE practitioner_id = ${practitionerId}`;
  }
  const leaves: Uint8Array[] = [];
  for await (const rows of copyFeed(owner, 0)) {
    for (const { practitionerIds, firstSequences, entryCounts } of rows) {
      practitionerIds.forEach((id, run) => {
        for (let at = 0; at < (entryCounts[run] ?? 0); at += 1) {
          const hash = hashes.get(`${id}/${(firstSequences[run] ?? 0) + at}`) ?? "";
          leaves.push(sha256TreeHash.leaf(Buffer.from(hash, "hex")));
        }
      });
    }
  }
  await owner.begin((tx) => writeTiles(tx, appendLeaves([], 0, leaves, sha256TreeHash)));
  const waiting = await owner<{ id: string; people: string[]; firsts: number[]; counts: number[] }[]>`
    SELECT posting_id AS id, practitioner_ids AS people, first_sequences AS firsts, entry_counts AS counts
    FROM ledger.outbox`;
  for (const { id, people, firsts, counts } of waiting) {
    const all = people.flatMap((person, run) =>
      Array.from({ length: counts[run] ?? 0 }, (_, at) => hashes.get(`${person}/${Number(firsts[run]) + at}`) ?? ""),
    );
    await owner`UPDATE ledger.outbox SET hashes = decode(${all.join("")}, 'hex') WHERE posting_id = ${id}`;
  }
}
