import { exportSnapshot, openSnapshot, readInvolved, readUnposted } from "@xueshi/database";
import { createRuleSetReader } from "@xueshi/ledger-service/commands";
import { systemClock } from "@xueshi/runtime";
import { EntryMemory } from "../../ledger/verify/entry-memory.ts";
import { connectToRead, openWorker } from "../../ledger/verify/open-worker.ts";
import { PERSON_PARTS } from "../../ledger/verify/parts.ts";

const FINDINGS_SHOWN = 3;
/** Of this function, and of the worker. */
const SESSIONS = 2;

/**
 * Verifies everything about some people: chains, heads, balances, record states, and how their records follow from what was
 * admitted. Returns how many entries they have. Throws where anything is found.
 */
export async function verifySample(databaseUrl: string, ids: readonly string[], entries: number): Promise<number> {
  const pool = connectToRead(databaseUrl, SESSIONS);
  try {
    const snapshot = await openSnapshot(pool);
    const { sql } = snapshot;
    const derivation = {
      ...{ rules: await createRuleSetReader(sql, systemClock)(), nameVariants: "hold" as const },
      ...{ unposted: await readUnposted(sql), involved: await readInvolved(sql) },
    };
    const setup = {
      ...{ databaseUrl, snapshotId: await exportSnapshot(snapshot), limit: FINDINGS_SHOWN, derivation },
      ...{ parts: PERSON_PARTS, countsBesides: [], duplicates: [], memory: new EntryMemory(entries).buffers },
    };
    const worker = await openWorker(setup, pool);
    const result = await worker.run({ kind: "people", scope: { ids }, firstEntry: 0 });
    await worker.close();
    await snapshot.close();
    const { first } = result.tally;
    if (first.length > 0) throw new Error(`The filled ledger is not sound: ${JSON.stringify(first)}`);
    if (result.people !== ids.length || result.entries !== entries) {
      throw new Error(`${ids.length} people should have ${entries} entries; ${result.people} have ${result.entries}.`);
    }
    return result.entries;
  } finally {
    await pool.end({ timeout: 5 });
  }
}
