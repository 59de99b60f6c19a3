import { connect, openSnapshot } from "@xueshi/database";
import { sha256Hex, sha256Suite } from "@xueshi/vault";
import { addFindings, emptyTally } from "./tally.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";
import { verifyPeople } from "./verify-people.ts";

/** Does tasks one after the other, in the moment that it was given. */
export interface Worker {
  run(task: Task): Promise<TaskResult>;
  close(): Promise<void>;
}

/** Opens what a worker needs, in whichever thread it works. */
export async function openWorker(setup: WorkerSetup): Promise<Worker> {
  const { databaseUrl: url, snapshotId, limit } = setup;
  const pool = connect({
    ...{ url, connectionsMax: 1, applicationName: "xueshi-verify", statementTimeoutMs: 0, readOnly: true },
  });
  const snapshot = await openSnapshot(pool, snapshotId);
  const exempt = new Set(setup.countsBesides);
  const context = {
    suite: sha256Suite,
    sha256: sha256Hex,
    sha256Hex,
    countsBesides: (recordKey: string) => exempt.has(recordKey),
  };
  return {
    async run({ scope }) {
      const { findings, ...sizes } = await verifyPeople(snapshot.sql, scope, context);
      const tally = emptyTally();
      addFindings(tally, findings, limit);
      return { ...sizes, tally };
    },
    async close() {
      await snapshot.close();
      await pool.end({ timeout: 5 });
    },
  };
}
