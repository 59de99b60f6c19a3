import {
  compareShadows,
  copyEntries,
  createShadows,
  dropShadows,
  holdPostings,
  isDistributed,
  lockRebuild,
  type PersonShadow,
  readDecisions,
  readPractitionerCount,
  readUnshadowed,
  type ShadowDifference,
  type Sql,
  swapShadows,
  type Transaction,
  writeShadows,
} from "@xueshi/database";
import { type Entry, rebuildPerson } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { groupByPerson } from "./group-by-person.ts";

export interface RebuildPlan {
  readonly sql: Sql;
  /** Differences that are listed, of each projection and side. */
  readonly limit: number;
  /** The projections stay as they are; what differs is said. */
  readonly isDryRun: boolean;
  /** What a rebuild that was cut off has left is thrown away. */
  readonly isFresh: boolean;
  /** People who are derived in one transaction. Default 1000. */
  readonly peoplePerBatch?: number;
  /** How many of how many people are done. */
  readonly progress: (done: number, all: number) => void;
}

export interface RebuildReport {
  readonly people: number;
  /** Of these, people who were posted to while the others were being rebuilt, and were done again. */
  readonly again: number;
  /** Whether a rebuild that had been cut off was gone on with. */
  readonly isResumed: boolean;
  /** What stood otherwise in the projections. */
  readonly differences: readonly ShadowDifference[];
  /** How long postings waited for the exchange, milliseconds; null: nothing was exchanged. */
  readonly waitMs: number | null;
}

/** Tables are spread over nodes: there one projection cannot take the place of another. */
export class DistributedLedger extends Error {}

/** Another rebuild is at work. */
export class RebuildUnderWay extends Error {}

/** Postings kept arriving faster, or kept the ledger longer, than the exchange could wait for. */
export class LedgerTooBusy extends Error {}

const PEOPLE_PER_BATCH_DEFAULT = 1_000;
/** Few enough to be done again while postings wait: some tens of milliseconds. */
const PEOPLE_AT_EXCHANGE_MAX = 200;
const ROUNDS_MAX = 20;
const LOCK_WAIT_MS_MAX = 2_000;
const LOCK_ATTEMPTS_MAX = 10;

/**
 * Derives the projections of everybody anew beside those in use, batch by batch while services go on working, catches up
 * with what is posted meanwhile, and lets the new ones take the others' places: readers wait for the renaming, postings
 * for the last people to be done again and compared. A rebuild that is cut off is gone on with by the next one.
 * @throws DistributedLedger, RebuildUnderWay, LedgerTooBusy
 */
export async function rebuildDatabase(plan: RebuildPlan): Promise<RebuildReport> {
  const { sql } = plan;
  if (await isDistributed(sql)) throw new DistributedLedger();
  const letNext = await lockRebuild(sql);
  if (letNext === null) throw new RebuildUnderWay();
  try {
    if (plan.isFresh) await dropShadows(sql);
    return await rebuildAlone(plan, !(await createShadows(sql)));
  } finally {
    await letNext();
  }
}

async function rebuildAlone(plan: RebuildPlan, isResumed: boolean): Promise<RebuildReport> {
  const { sql, limit, isDryRun, progress, peoplePerBatch = PEOPLE_PER_BATCH_DEFAULT } = plan;
  const people = await readPractitionerCount(sql);
  let done = 0;
  await rebuildMissing(sql, peoplePerBatch, (rebuilt) => {
    done = Math.min(people, done + rebuilt);
    progress(done, people);
  });
  let again = 0;
  for (let round = 1; ; round += 1) {
    const rebuilt = await rebuildMissing(sql, peoplePerBatch, () => undefined);
    again += rebuilt;
    if (rebuilt <= PEOPLE_AT_EXCHANGE_MAX) break;
    if (round === ROUNDS_MAX) throw new LedgerTooBusy();
  }
  const differences = await sql.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY", (tx) =>
    compareShadows(tx, "everybody", limit),
  );
  if (isDryRun) {
    await dropShadows(sql);
    return { people, again, isResumed, differences, waitMs: null };
  }
  const exchange = await exchangeProjections(sql, limit);
  return {
    ...{ people, isResumed, waitMs: exchange.waitMs },
    again: again + exchange.again,
    differences: [...differences, ...exchange.differences],
  };
}

/** Everybody whose chain has gone on since, batch by batch. */
async function rebuildMissing(sql: Sql, limit: number, onBatch: (people: number) => void): Promise<number> {
  let rebuilt = 0;
  let afterId: string | null = null;
  for (;;) {
    const batch: string[] = await sql.begin("ISOLATION LEVEL REPEATABLE READ", (tx) =>
      rebuildBatch(tx, limit, afterId),
    );
    rebuilt += batch.length;
    onBatch(batch.length);
    afterId = batch.at(-1) ?? null;
    if (batch.length < limit) return rebuilt;
  }
}

async function rebuildBatch(tx: Transaction, limit: number, afterId: string | null): Promise<string[]> {
  const missing = await readUnshadowed(tx, afterId, limit);
  if (missing.length === 0) return [];
  const ids = missing.map((person) => person.practitionerId);
  const chains = new Map<string, readonly Entry[]>();
  for await (const chain of groupByPerson(copyEntries(tx, { ids }))) chains.set(chain[0]?.practitionerId ?? "", chain);
  const keys = new Set([...chains.values()].flatMap((chain) => chain.map((entry) => entry.recordKey ?? "")));
  const decisions = await readDecisions(
    tx,
    [...keys].filter((key) => key !== ""),
  );
  const context = { sha256Hex, countsBesides: (key: string) => decisions.get(key)?.countsBesides === true };
  const shadows: PersonShadow[] = missing.map(({ practitionerId, sequence }) => ({
    practitionerId,
    sequence,
    ...rebuildPerson(chains.get(practitionerId) ?? [], context),
  }));
  await writeShadows(tx, shadows);
  return ids;
}

interface Exchange {
  readonly again: number;
  readonly differences: readonly ShadowDifference[];
  readonly waitMs: number;
}

/** A lock that does not come soon is asked for again, so that nobody waits behind it for long. */
async function exchangeProjections(sql: Sql, limit: number): Promise<Exchange> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sql.begin((tx) => exchange(tx, limit));
    } catch (error) {
      if (!isLockTrouble(error)) throw error;
      if (attempt === LOCK_ATTEMPTS_MAX) throw new LedgerTooBusy();
    }
  }
}

async function exchange(tx: Transaction, limit: number): Promise<Exchange> {
  await holdPostings(tx, LOCK_WAIT_MS_MAX);
  const startMs = performance.now();
  const ids: string[] = [];
  for (;;) {
    const batch = await rebuildBatch(tx, PEOPLE_PER_BATCH_DEFAULT, null);
    ids.push(...batch);
    if (batch.length < PEOPLE_PER_BATCH_DEFAULT) break;
  }
  const differences = ids.length === 0 ? [] : await compareShadows(tx, ids, limit);
  await swapShadows(tx);
  return { again: ids.length, differences, waitMs: Math.round(performance.now() - startMs) };
}

/** lock_not_available, deadlock_detected. */
const LOCK_TROUBLE = new Set(["55P03", "40P01"]);
const isLockTrouble = (error: unknown): boolean =>
  error instanceof Error && "code" in error && LOCK_TROUBLE.has(String(error.code));
