import { mergePeople } from "../../services/ingestion-worker/src/admission/identity/merge-people.ts";
import { decideRows } from "../../services/ingestion-worker/src/admission/quarantine/decide-rows.ts";
import { quarantineRowsOf } from "../../services/ingestion-worker/src/admission/quarantine/quarantine-row.ts";
import { readRecordFiles } from "../../services/ingestion-worker/src/admission/quarantine/record-file.ts";
import type { Material } from "./arrivals.ts";
import { openKeeping } from "./kept-verdicts.ts";
import type { LedgerWorld } from "./ledger-world.ts";

const SAID = { reason: "looked at it", document: "letter 7", actor: "operator" } as const;

/** Operators decide of rows that are kept apart and of people, pulls end, and holders keep verdicts. */
export async function operateWorld(world: LedgerWorld, { declarations }: Material): Promise<void> {
  const keeping = await openKeeping(world);
  await decideRowsApart(world);
  await mergeSome(world);
  await postAll(world);
  await keeping.learn();
  for (const declared of declarations.slice(0, 3)) await keeping.keep(declared, { asOf: null, knownAtMs: null });
}

export async function postAll(world: LedgerWorld): Promise<void> {
  for (const batchId of await world.unposted()) await world.post(batchId);
}

/** Accepts one row that is held, and refuses another. */
async function decideRowsApart({ ingestion, owner }: LedgerWorld): Promise<void> {
  const held = await owner<{ key: string }[]>`
    SELECT DISTINCT record_key AS key FROM projection.record_state WHERE state = 'held' ORDER BY record_key`;
  const files = await readRecordFiles(
    ingestion.sql,
    held.map(({ key }) => key),
  );
  const kinds: ("accept" | "refuse")[] = ["accept", "refuse"];
  for (const row of files.flatMap(quarantineRowsOf)) {
    const [kind] = kinds;
    if (kind === undefined) return;
    const { outcomes } = await decideRows(ingestion, { ...SAID, rows: [row], kind, correction: null, language: "en" });
    if (outcomes[0]?.outcome === "decided") kinds.shift();
  }
  throw new Error("there are not two held rows to be decided of");
}

/** The records of one person are another's. */
async function mergeSome({ ingestion, owner }: LedgerWorld): Promise<void> {
  const people = await owner<{ id: string }[]>`
    SELECT practitioner_id AS id FROM projection.record_state WHERE state = 'registered'
    GROUP BY practitioner_id ORDER BY count(*), practitioner_id LIMIT 2`;
  const [from, into] = people.map(({ id }) => id);
  const { kind } = await mergePeople(ingestion, { ...SAID, from: from ?? "", into: into ?? "" });
  if (kind !== "merged") throw new Error(`they were not merged: ${kind}`);
}
