import {
  exportSnapshot,
  openSnapshot,
  readInvolved,
  readRuleChanges,
  readUnposted,
  type SomePostings,
  type Sql,
  type Unposted,
} from "@xueshi/database";
import { checkpointOfNote, TILE_WIDTH } from "@xueshi/domain";
import { RulebookError } from "@xueshi/rulebook";
import { sha256TreeHash } from "@xueshi/vault";
import { EntryMemory } from "./entry-memory.ts";
import { connectToRead, type Worker } from "./open-worker.ts";
import { PERSON_PARTS, type VerifyPart } from "./parts.ts";
import { type PeopleIndex, readPeopleIndex } from "./read-people-index.ts";
import { openWorkers, runTasks, type Threads } from "./run-tasks.ts";
import { addFindings, addTally, emptyTally, type Tally } from "./tally.ts";
import type { Derivation, Task, TaskResult } from "./tasks.ts";
import { verifyActivations } from "./verify-activations.ts";
import { verifyAliases } from "./verify-aliases.ts";
import {
  type Checkpoints,
  type GivenCheckpoint,
  type LedgerAt,
  ledgerMadeAnew,
  readAllCheckpoints,
  verifyCheckpoints,
} from "./verify-checkpoints.ts";
import { verifyDuplicates } from "./verify-duplicates.ts";
import { verifyEarlierEntries } from "./verify-earlier-entries.ts";
import { type FeedResult, verifyFeed } from "./verify-feed.ts";
import { ENTRIES_PER_TASK, type PartsReport, readStateDecisions } from "./verify-parts.ts";
import { type TwoSessions, verifyPostings } from "./verify-postings.ts";
import { readTail, type Tail, type VerifiedCheckpoint, verifyTailTree } from "./verify-since.ts";
import { verifyUpperTiles } from "./verify-tiles.ts";
import { verifyVerdicts } from "./verify-verdicts.ts";

export interface VerifyPlan {
  readonly databaseUrl: string;
  /** Three sessions to it, which stay open. Default: it opens and ends its own. */
  readonly pool?: Sql;
  /** Findings that are kept; all are counted. */
  readonly limit: number;
  /** The program that threads run; null: everything is done in this one. */
  readonly threads: Threads | null;
  /** Entries that are read at a time: what a worker keeps in memory. Default 20,000. */
  readonly entriesPerTask?: number;
  /** Checkpoints that were kept outside. Default none. */
  readonly checkpoints?: readonly GivenCheckpoint[];
  /**
   * Only what came after this checkpoint is gone through: postings, everybody whom they are about from the first entry on,
   * and the tree from there on. Default: everything.
   */
  readonly since?: VerifiedCheckpoint;
  /** With which checkpoints are signed (C2SP signed-note); null: signatures are not looked at. Default null. */
  readonly verifierKey?: string | null;
  /**
   * Records are derived anew from what was admitted and decided, by these rules or those that the database has in force, and
   * kept verdicts are decided again, where the key is given with which they are sealed. Default: neither.
   */
  readonly full?: {
    readonly nameVariants: Derivation["nameVariants"];
    readonly rules?: Derivation["rules"];
    readonly indexKey: Buffer | null;
  };
  /** How many of how many entries have been gone through. */
  readonly progress: (done: number, all: number) => void;
}

/** Of people who were erased what their records follow from is gone, so these are not derived anew. */
export interface VerifyReport extends PartsReport {
  /** Batches that are stored and not posted yet: what they say of records is no finding. */
  readonly unposted: number;
  /**
   * Whether records were derived anew; `rules_change`: not, because the ledger is following new rules just now;
   * `rules_unreadable`: not, because rules in force cannot be read, which is a finding.
   */
  readonly derived: "yes" | "no" | NotDerived;
  /** Kept verdicts that were decided again; null: none was. */
  readonly verdicts: number | null;
  /** The newest checkpoint that the ledger keeps, a note; null: there is none. */
  readonly newestNote: string | null;
  /** Checkpoints that were compared, those given among them. */
  readonly checkpoints: number;
  /** What no checkpoint covers: who changed it and made all hashes anew is not found. */
  readonly uncovered: {
    readonly entries: number;
    /** Milliseconds since 1970 UTC; null: there are none. */
    readonly sinceMs: number | null;
  };
}

type NotDerived = "rules_change" | "rules_unreadable";

/** Only of people whom postings are about that came since: the others' heads are not at hand. */
const NO_HEADS: ReadonlySet<number> = new Set();
const TILES_PER_TASK = 128;
/** Of the progress: going through a chain, and giving it its place in the tree. */
const PASSES = 2;

/** Of this thread: two that read beside each other, and that of a worker. */
const SESSIONS = 3;

/** Verifies a ledger in one moment, so that what is posted meanwhile is no finding. */
export async function verifyDatabase(plan: VerifyPlan): Promise<VerifyReport> {
  if (plan.pool !== undefined) return verifyOver(plan.pool, plan);
  const pool = connectToRead(plan.databaseUrl, SESSIONS);
  try {
    return await verifyOver(pool, plan);
  } finally {
    await pool.end({ timeout: 5 });
  }
}

async function verifyOver(pool: Sql, plan: VerifyPlan): Promise<VerifyReport> {
  const snapshot = await openSnapshot(pool);
  const snapshotId = await exportSnapshot(snapshot);
  const second = await openSnapshot(pool, snapshotId);
  try {
    return await verifyMoment({ ...plan, pool }, snapshotId, snapshot.sql, second.sql);
  } finally {
    await Promise.all([snapshot.close(), second.close()]);
  }
}

type OpenPlan = VerifyPlan & { readonly pool: Sql };

async function verifyMoment(plan: OpenPlan, snapshotId: string, sql: Sql, second: Sql): Promise<VerifyReport> {
  const { databaseUrl, pool, limit, threads } = plan;
  const tail = plan.since === undefined ? null : await readTail(sql, plan.since);
  const some = tail?.practitionerIds ?? null;
  const people = await readPeopleIndex(sql, some, plan.entriesPerTask ?? ENTRIES_PER_TASK);
  const memory = new EntryMemory(people.entries);
  const decisions = await readStateDecisions(sql);
  const unposted = await readUnposted(sql);
  const derivation = await readDerivation(plan, sql, unposted);
  const setup = {
    ...{ databaseUrl, snapshotId, limit, parts: PERSON_PARTS, ...decisions, memory: memory.buffers },
    derivation: typeof derivation === "string" ? null : derivation,
  };
  const workers = await openWorkers(threads, setup, { pool, tasks: people.tasks.length });
  try {
    const derived = derivation === null ? "no" : typeof derivation === "string" ? derivation : "yes";
    const verified = await verifyAll({ plan, sql, second, tail, people, memory, workers });
    return { ...verified, unposted: unposted.batches, derived, leftOut: leftOutOf(derived, verified) };
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** Only a full run looks at everything, and not always. */
function leftOutOf(derived: VerifyReport["derived"], { verdicts }: Pick<VerifyReport, "verdicts">): VerifyPart[] {
  return [...(derived === "yes" ? [] : (["records"] as const)), ...(verdicts === null ? (["verdicts"] as const) : [])];
}

/** By which rules records are derived; not while the ledger follows new ones, when some stand by the old ones still. */
async function readDerivation(
  { full }: VerifyPlan,
  sql: Sql,
  unposted: Unposted,
): Promise<Derivation | NotDerived | null> {
  if (full === undefined) return null;
  const { createRuleSetReader } = await import("@xueshi/ledger-service/commands");
  const rules = full.rules ?? (await createRuleSetReader(sql, () => 0)().catch(unlessUnreadable));
  if (rules === null) return "rules_unreadable";
  const [change] = await readRuleChanges(sql, null, 1);
  const isFollowed = change === undefined || (change.state !== "running" && change.activations === rules.activations);
  if (!isFollowed) return "rules_change";
  return { rules, nameVariants: full.nameVariants, unposted, involved: await readInvolved(sql) };
}

function unlessUnreadable(error: unknown): null {
  if (error instanceof RulebookError) return null;
  throw error;
}

interface Work {
  readonly plan: VerifyPlan;
  readonly sql: Sql;
  readonly second: Sql;
  /** Null: everything is gone through. */
  readonly tail: Tail | null;
  readonly people: PeopleIndex;
  readonly memory: EntryMemory;
  readonly workers: readonly Worker[];
}

async function verifyAll(work: Work): Promise<Omit<VerifyReport, "unposted" | "derived" | "leftOut">> {
  const { plan, sql, second, tail, people, memory } = work;
  const { limit } = plan;
  const tally = emptyTally();
  const from = plan.since?.size ?? 0;
  const isWanted = { allHeads: plan.full !== undefined, fromSize: from };
  const checkpoints = await readAllCheckpoints(sql, plan.checkpoints ?? [], isWanted);
  const steps = countSteps(plan.progress, people.entries * PASSES);
  const [results, postings] = await settleBoth(
    verifyPeopleTasks(work, steps),
    tallyPostings([sql, second], tail, limit),
  );
  for (const result of results) addTally(tally, result.tally, limit);
  addTally(tally, postings, limit);
  const headsAt = tail === null ? checkpoints.headsAt : NO_HEADS;
  const feed = await verifyFeed(sql, { people, memory, treeHash: sha256TreeHash, from, ...checkpoints, headsAt });
  addFindings(tally, feed.findings, limit);
  const tree =
    plan.since === undefined
      ? await verifyTree(work, feed, { headsAt, steps })
      : await tallyTailTree(work, plan.since, feed, checkpoints);
  addTally(tally, tree.tally, limit);
  addFindings(tally, verifyCheckpoints(checkpoints, plan.verifierKey ?? null, tree.at), limit);
  addFindings(tally, await verifyActivations(sql), limit);
  addFindings(tally, await verifyDuplicates(sql), limit);
  for await (const findings of verifyAliases(sql)) addFindings(tally, findings, limit);
  const verdicts = await verifyVerdicts([sql, second], plan.full?.indexKey ?? null, (findings) =>
    addFindings(tally, findings, limit),
  );
  return {
    verdicts,
    people: results.reduce((sum, result) => sum + result.people, 0),
    erased: results.reduce((sum, result) => sum + result.erased, 0),
    entries: people.entries,
    tally,
    newestNote: checkpoints.newest?.note ?? null,
    checkpoints: checkpoints.all.length,
    uncovered: {
      entries: Math.max(0, (tail === null ? people.entries : feed.entries) - checkpoints.coveredSize),
      sinceMs: feed.uncoveredSinceMs,
    },
  };
}

async function tallyPostings(sessions: TwoSessions, tail: SomePostings | null, limit: number): Promise<Tally> {
  const tally = emptyTally();
  for await (const findings of verifyPostings(sessions, tail)) addFindings(tally, findings, limit);
  return tally;
}

/** Waits for both even where one fails: a session that is closed while it is read from says nothing but that. */
async function settleBoth<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

function countSteps(progress: VerifyPlan["progress"], all: number): (more: number) => void {
  let done = 0;
  progress(done, all);
  return (more) => {
    done += more;
    progress(done, all);
  };
}

async function verifyPeopleTasks(
  { people, workers }: Work,
  step: (entries: number) => void,
): Promise<readonly TaskResult[]> {
  return runTasks(people.tasks, workers, ({ entries }) => step(entries));
}

/** What was made anew of the tree, and what is wrong with the kept one. */
interface TalliedTree {
  readonly tally: Tally;
  readonly at: LedgerAt;
}

async function verifyTree(
  { plan, sql, memory, workers }: Work,
  feed: FeedResult,
  { headsAt, steps }: { readonly headsAt: ReadonlySet<number>; readonly steps: (entries: number) => void },
): Promise<TalliedTree> {
  const results = await runTasks(tilesTasks(feed.size), workers, ({ entries }) => steps(entries));
  const tally = emptyTally();
  for (const result of results) addTally(tally, result.tally, plan.limit);
  const above = Buffer.concat(results.map((result) => result.above));
  const { findings, tiles } = await verifyUpperTiles(sql, above, sha256TreeHash);
  addFindings(tally, findings, plan.limit);
  return { tally, at: ledgerMadeAnew({ feed, headsAt, memory, upperTiles: tiles, treeHash: sha256TreeHash }) };
}

async function tallyTailTree(
  { plan, sql, tail, memory }: Work,
  since: VerifiedCheckpoint,
  { size }: FeedResult,
  { all }: Checkpoints,
): Promise<TalliedTree> {
  const sizes = all.flatMap(({ note }) => checkpointOfNote(note)?.size ?? []);
  const { findings, at } = await verifyTailTree(sql, since, { size, memory, treeHash: sha256TreeHash, sizes });
  const tally = emptyTally();
  addFindings(tally, findings, plan.limit);
  addFindings(tally, await verifyEarlierEntries(sql, since, tail?.earlier ?? [], sha256TreeHash), plan.limit);
  return { tally, at };
}

/** The last one also looks for tiles that should not be there. */
function tilesTasks(size: number): Task[] {
  const starts = [0];
  for (let from = TILES_PER_TASK; from < Math.ceil(size / TILE_WIDTH); from += TILES_PER_TASK) starts.push(from);
  return starts.map((from, at) => ({
    ...{ kind: "tiles" as const, from, size },
    until: starts[at + 1] ?? Number.MAX_SAFE_INTEGER,
  }));
}
