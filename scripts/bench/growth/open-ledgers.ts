import { connect, readFeedSize, readPractitionerCount } from "@xueshi/database";
import { drawProgress } from "../../ledger/draw-progress.ts";
import type { BenchDatabase, BenchPostgres } from "../ledger/start-postgres.ts";
import { fillDatabase } from "./fill-database.ts";
import { GROWTH, peopleOfEntries } from "./growth-shape.ts";

/** The ledger that another one of another size is compared with. */
export const SMALL_ENTRIES = 100_000;

/** A filled ledger. */
export interface FilledLedger extends BenchDatabase {
  readonly people: number;
  readonly entries: number;
  /** What its fill took; null: it was filled by an earlier run. */
  readonly fillSeconds: number | null;
}

/** A ledger of some size, filled where it is empty. Throws where the database holds something else. */
export async function openLedger(server: BenchPostgres, entries: number, signal: AbortSignal): Promise<FilledLedger> {
  const database = await server.open(`bench_growth_${entries}`);
  const people = peopleOfEntries(entries);
  const filled = { ...database, people, entries: people * GROWTH.entriesPerPerson };
  const state = await stateOf(database.url, filled);
  if (state === "filled") return { ...filled, fillSeconds: null };
  if (state === "other") throw new Error(`The database of ${entries} entries is half filled; remove its folder.`);
  const startedAtMs = performance.now();
  const bar = drawProgress(process.stderr, `bench: ${entries} entries`);
  try {
    await fillDatabase(database.url, { entries: filled.entries, keys: server.keys, signal, progress: bar.draw });
  } finally {
    bar.end();
  }
  await tidyUp(database.url);
  return { ...filled, fillSeconds: (performance.now() - startedAtMs) / 1_000 };
}

/**
 * Does what a server does by itself in the hours after so much was written; while it does, it answers more slowly, whatever
 * the size.
 */
async function tidyUp(url: string): Promise<void> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "bench-fill", statementTimeoutMs: 0 });
  try {
    await sql`VACUUM (ANALYZE)`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function stateOf(
  url: string,
  { people, entries }: { readonly people: number; readonly entries: number },
): Promise<"empty" | "filled" | "other"> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "bench-fill" });
  try {
    const [known, size] = await Promise.all([readPractitionerCount(sql), readFeedSize(sql)]);
    if (known === 0) return "empty";
    return known === people && size >= entries ? "filled" : "other";
  } finally {
    await sql.end({ timeout: 5 });
  }
}
