import { connect, keepToItself, openSnapshot, type Sql } from "@xueshi/database";
import { duplicatesByRecord } from "@xueshi/domain";
import { sha256Hex, sha256Latin1, sha256TreeHash } from "@xueshi/vault";
import { EntryMemory } from "./entry-memory.ts";
import { addFindings, emptyTally } from "./tally.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";
import { verifyPeople } from "./verify-people.ts";
import { verifyTiles } from "./verify-tiles.ts";

/** Does tasks one after the other, in the moment that it was given. */
export interface Worker {
  /** It can be given tasks; rejects where it could not be opened. */
  readonly ready: Promise<void>;
  run(task: Task): Promise<TaskResult>;
  close(): Promise<void>;
}

const NOTHING = { people: 0, entries: 0, erased: 0, above: new Uint8Array() };

/** Sessions that may take as long as they need, and write nothing. */
export function connectToRead(url: string, connectionsMax: number): Sql {
  return connect({ url, connectionsMax, applicationName: "xueshi-verify", statementTimeoutMs: 0, readOnly: true });
}

/** Opens what a worker needs, in whichever thread it works; it takes one session of the pool. */
export async function openWorker(setup: WorkerSetup, pool: Sql): Promise<Worker> {
  const { snapshotId, limit, derivation, parts } = setup;
  const snapshot = await openSnapshot(pool, snapshotId);
  await keepToItself(snapshot);
  const exempt = new Set(setup.countsBesides);
  const duplicates = duplicatesByRecord(setup.duplicates);
  const memory = setup.memory === null ? null : new EntryMemory(setup.memory);
  const context = {
    parts: new Set(parts),
    sha256: sha256Latin1,
    sha256Hex,
    countsBesides: (recordKey: string) => exempt.has(recordKey),
    duplicatesOf: (recordKey: string) => duplicates.get(recordKey) ?? [],
    memory,
  };
  // It brings a service with it, for which nothing else should wait.
  const derive =
    derivation === null ? null : await (await import("./derive-people.ts")).openDerivation(snapshot.sql, derivation);
  return {
    ready: Promise.resolve(),
    async run(task) {
      const { findings, ...result } =
        task.kind === "people"
          ? await verifyPeople(snapshot.sql, task, { ...context, derived: (await derive?.(task.scope)) ?? null })
          : await verifyTiles(snapshot.sql, task, remembered(memory), sha256TreeHash);
      const tally = emptyTally();
      addFindings(tally, findings, limit);
      return { ...NOTHING, ...result, tally };
    },
    close: () => snapshot.close(),
  };
}

function remembered(memory: EntryMemory | null): EntryMemory {
  if (memory === null) throw new TypeError("tiles are made of entries, and none is remembered");
  return memory;
}
