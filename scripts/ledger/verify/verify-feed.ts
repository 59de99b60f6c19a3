import { copyFeed, copyHeads, copyOutbox, readEarliestPosting, readFeedHeads, type Sql } from "@xueshi/database";
import {
  FeedFold,
  GrowingTree,
  headLeaf,
  type KeptRuns,
  type LedgerFinding,
  type PlacedRun,
  type TreeHash,
} from "@xueshi/domain";
import type { EntryMemory } from "./entry-memory.ts";
import type { PeopleIndex } from "./read-people-index.ts";

export interface FeedContext {
  readonly people: PeopleIndex;
  readonly memory: EntryMemory;
  readonly treeHash: TreeHash;
  /** Sizes of the feed at which the root over the heads is wanted. */
  readonly headsAt: ReadonlySet<number>;
  /** The position from which on the feed is gone through; entries are remembered from there on. */
  readonly from: number;
  /** How many entries of the feed a checkpoint covers. */
  readonly coveredSize: number;
}

export interface FeedResult {
  readonly findings: readonly LedgerFinding[];
  /** Entries that have a position. */
  readonly size: number;
  /** With those that wait for one. */
  readonly entries: number;
  /** By size of the feed; a size that it never had is missing. */
  readonly heads: ReadonlyMap<number, { readonly count: number; readonly root: string }>;
  /** When the first of the entries was made that no checkpoint covers, ms since 1970 UTC; null: all are covered. */
  readonly uncoveredSinceMs: number | null;
}

const EVERYBODY = { fromId: "00000000-0000-0000-0000-000000000000", beforeId: null };
/** Postings of the uncovered tail of which the earliest is looked for; they come in order of turns. */
const TAIL_LOOK = 1_000;

/** Goes through the feed and what waits for it, once, and notes which entry stands at each position. */
export async function verifyFeed(sql: Sql, context: FeedContext): Promise<FeedResult> {
  const { people, memory, headsAt, coveredSize, from } = context;
  const fold = new FeedFold(people.ids, from);
  const heads = new Map<number, { count: number; root: string }>();
  const tail: string[] = [];
  const noteHeads = () => {
    if (headsAt.has(fold.size)) heads.set(fold.size, rootOfHeads(fold.covered, context));
  };
  noteHeads();
  for await (const rows of copyFeed(sql, from)) {
    for (const row of rows) {
      let position = fold.size;
      for (const run of fold.addRow(row)) {
        position = placeRun(run, position, context);
        fold.findings.push(...foreignEntries("ledger.feed", String(row.position), row, run, context));
      }
      noteHeads();
      if (fold.size > coveredSize && tail.length < TAIL_LOOK) tail.push(row.postingId);
    }
  }
  const { size } = fold;
  let waiting = 0;
  for await (const rows of copyOutbox(sql)) {
    for (const row of rows) {
      waiting += row.entryCounts.reduce((sum, count) => sum + count, 0);
      if (tail.length < TAIL_LOOK) tail.push(row.postingId);
      const runs = fold.addWaiting(row);
      const key = `${row.postingId}/${row.turn}`;
      for (const run of runs) fold.findings.push(...foreignEntries("ledger.outbox", key, row, run, context));
      const hashes = runs
        .flatMap((run) => indexesOf(run, people).map((at) => memory.hash(at).toString("hex")))
        .join("");
      if (hashes !== row.hashes) fold.findings.push(otherHashes(key, hashes, row.hashes));
    }
  }
  await endPeople(sql, fold, people);
  fold.endFeed(await readFeedHeads(sql));
  return {
    findings: fold.findings,
    size,
    entries: size + waiting,
    heads,
    uncoveredSinceMs: await readEarliestPosting(sql, tail),
  };
}

function indexesOf({ person, firstSequence, entryCount }: PlacedRun, { starts, lengths }: PeopleIndex): number[] {
  const [start = 0, length = 0] = [starts[person], lengths[person]];
  const first = Math.max(1, firstSequence);
  const count = Math.max(0, Math.min(firstSequence + entryCount - 1, length) - first + 1);
  return Array.from({ length: count }, (_, at) => start + first - 1 + at);
}

function placeRun(run: PlacedRun, position: number, { people, memory, from }: FeedContext): number {
  const start = (people.starts[run.person] ?? 0) + run.firstSequence - 1;
  const length = people.lengths[run.person] ?? 0;
  for (let at = 0; at < run.entryCount; at += 1) {
    const sequence = run.firstSequence + at;
    if (sequence >= 1 && sequence <= length) memory.place(position + at - from, start + at);
  }
  return position + run.entryCount;
}

/** The first entry of a run that says to be of another posting. */
function foreignEntries(
  table: string,
  key: string,
  { postingId }: KeptRuns,
  run: PlacedRun,
  { people, memory }: FeedContext,
): LedgerFinding[] {
  const foreign = indexesOf(run, people).find((index) => !memory.isOf(index, postingId));
  if (foreign === undefined) return [];
  const sequence = foreign - (people.starts[run.person] ?? 0) + 1;
  const expected = `another posting: ${people.ids[run.person]}/${sequence}`;
  return [{ code: "feed_differs", table, key, field: "posting_id", expected, found: postingId }];
}

function otherHashes(key: string, expected: string, found: string): LedgerFinding {
  const at = [...expected].findIndex((digit, index) => digit !== found[index]);
  const from = Math.max(0, at - (at % 64));
  const part = (text: string) => text.slice(from, from + 64);
  const shown = { expected: part(expected), found: part(found) };
  return { code: "feed_differs", table: "ledger.outbox", key, field: "hashes", ...shown };
}

async function endPeople(sql: Sql, fold: FeedFold, { ids, lengths }: PeopleIndex): Promise<void> {
  const turns = new Map<string, number>();
  for await (const heads of copyHeads(sql, EVERYBODY)) {
    for (const { practitionerId, turn } of heads) turns.set(practitionerId, turn);
  }
  ids.forEach((practitionerId, person) => {
    fold.end(person, lengths[person] ?? 0, turns.get(practitionerId) ?? null);
  });
}

function rootOfHeads(covered: Uint32Array, { people, memory, treeHash }: FeedContext): { count: number; root: string } {
  const tree = new GrowingTree(treeHash);
  people.ids.forEach((practitionerId, person) => {
    const sequence = Math.min(covered[person] ?? 0, people.lengths[person] ?? 0);
    if (sequence === 0) return;
    const hash = memory.hash((people.starts[person] ?? 0) + sequence - 1).toString("hex");
    tree.append(Buffer.from(headLeaf({ practitionerId, sequence, hash }), "utf8"));
  });
  return { count: tree.size, root: Buffer.from(tree.root()).toString("base64") };
}
