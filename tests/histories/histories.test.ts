import {
  connect,
  isConnectionLost,
  MayHaveCommitted,
  readBalancePage,
  readFeedEntries,
  readPeopleEntries,
  type Sql,
} from "@xueshi/database";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { sha256TreeHash } from "@xueshi/vault";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import { numberPostings } from "../../services/ledger-service/src/ledger/number-postings.ts";
import { postBatch } from "../../services/ledger-service/src/ledger/post-batch.ts";
import type { PostingContext } from "../../services/ledger-service/src/ledger/posting-context.ts";
import { openTestLedger, personId, type TestLedger } from "../../services/ledger-service/src/testing/test-ledger.ts";
import { type Random, randomFrom } from "../oracle/random.ts";
import { checkFeed, type FeedPages } from "./check-feed.ts";
import { checkHistory, type Read, type Write } from "./check-history.ts";
import { type CountedEntry, checkTotals, type TotalsRead } from "./check-totals.ts";

/** XUESHI_HISTORY_SEED repeats a run; XUESHI_HISTORY_RUNS makes more of them. */
const seedFirst = Number(process.env.XUESHI_HISTORY_SEED ?? 1);
const seeds = Array.from({ length: Number(process.env.XUESHI_HISTORY_RUNS ?? 2) }, (_, nth) => seedFirst + nth);
const PEOPLE = ["wang", "li", "zhao", "chen", "lin", "he"] as const;
const WRITERS = 6;
const POSTINGS_PER_WRITER = 14;
const KILLED_IN_PERCENT = 15;
const FEED_LIMIT = 7;
const END_OF_TIME_MS = Date.UTC(9_999, 0);
const EVERYTHING = { source: null, keptByKeyIds: null };

let ledger: TestLedger;
let querySql: Sql;
beforeAll(async () => {
  ledger = await openTestLedger();
  querySql = connect({ url: await ledger.database.urlAs("query"), connectionsMax: 6, applicationName: "readers" });
});
afterEach(() => ledger.empty());
afterAll(async () => {
  await querySql.end({ timeout: 5 });
  await ledger.close();
});

/** A run of many clients, what they did and what they saw. */
class Run {
  readonly random: Random;
  readonly context: PostingContext;
  readonly writes: Write[] = [];
  readonly reads: Read[] = [];
  readonly totals: (TotalsRead & Pick<Read, "invokedAt" | "completedAt">)[] = [];
  readonly feeds: FeedPages[] = [];
  readonly seen = { reversed: 0, killed: 0, postedAgain: 0, readMeanwhile: 0, totalsMeanwhile: 0, pagesMeanwhile: 0 };
  isOver = false;
  #at = 0;

  constructor(random: Random, context: PostingContext) {
    this.random = random;
    this.context = context;
  }

  /** Of two events the later one has the greater number: all clients are of one process. */
  now(): number {
    this.#at += 1;
    return this.#at;
  }
}

it.each(seeds)(
  "many clients' postings, reads, totals and feeds have an order, though sessions are killed (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const context = ledger.contextAt(await ledger.database.urlAs("ledger"), WRITERS + 1);
    const outside = { clock: systemClock, newId: createUuidV7(systemClock), chance: random.unit };
    const run = new Run(random, { ...context, ...outside });
    const others = [
      ...[1, 2].flatMap((reader) => [readChains(run, reader), readTotals(run, reader), followFeed(run)]),
      number(run),
    ];
    // However it ends, nobody goes on.
    onTestFinished(() => {
      run.isOver = true;
    });
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(run, writer));
    await Promise.all(writers).finally(() => {
      run.isOver = true;
    });
    await Promise.all(others);
    while ((await numberPostings({ ...run.context, treeHash: sha256TreeHash }, "wait")) > 0);
    await judge(run);
    for (const [what, times] of Object.entries(run.seen)) expect(times, what).toBeGreaterThan(0);
  },
);

interface OwnRecord {
  readonly recordId: string;
  readonly person: string;
  readonly updateTimeMs: number;
}

/** One client: posts records of up to three people at once, new ones and new versions of those it posted before. */
async function write(run: Run, writer: number): Promise<void> {
  const { random } = run;
  const own: OwnRecord[] = [];
  for (let nth = 0; nth < POSTINGS_PER_WRITER; nth += 1) {
    const lists = new Map<string, readonly string[]>();
    const versions = [...new Set([1, 2, 3].map(() => random.pick(PEOPLE)))].map((person) => {
      const again = own.findIndex((record) => record.person === person && random.int(1, 3) === 1);
      const [before] = again === -1 ? [] : own.splice(again, 1);
      const record = {
        recordId: before?.recordId ?? `w${writer}-${nth}-${person}`,
        ...{ person, updateTimeMs: (before?.updateTimeMs ?? 0) + 1_000 },
      };
      own.push(record);
      if (before !== undefined) run.seen.reversed += 1;
      lists.set(personId(person), [...(before === undefined ? [] : [`-${nameOf(before)}`]), `+${nameOf(record)}`]);
      // No version says what an earlier one said: each has entries of its own.
      const hoursHundredths = record.updateTimeMs / 10 + random.int(0, 99);
      return { ...record, hoursHundredths, attributedYear: 2018 + random.int(0, 2) };
    });
    const batchId = await ledger.store({ versions });
    const invokedAt = run.now();
    if (random.int(1, 100) <= KILLED_IN_PERCENT) await Promise.all([post(run, batchId), killSomeSession(run)]);
    else await post(run, batchId);
    run.writes.push({ id: `w${writer}-${nth}`, lists, invokedAt, completedAt: run.now() });
  }
}

const nameOf = ({ recordId, updateTimeMs }: Omit<OwnRecord, "person">) => `${recordId}@${updateTimeMs}`;

/** Posts a batch, again where its session was killed: a client knows that posting twice has one effect. */
async function post(run: Run, batchId: string): Promise<void> {
  for (;;) {
    try {
      expect(await postBatch(run.context, batchId)).toMatch(/posted/);
      return;
    } catch (error) {
      if (!isConnectionLost(error) && !(error instanceof MayHaveCommitted)) throw error;
      run.seen.postedAgain += 1;
    }
  }
}

async function killSomeSession({ random, seen }: Run): Promise<void> {
  const sessions = await ledger.sql<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'test-ledger' AND state <> 'idle' ORDER BY pid`;
  const session = sessions[random.int(0, sessions.length - 1)];
  if (session === undefined) return;
  await ledger.sql`SELECT pg_terminate_backend(${session.pid})`;
  seen.killed += 1;
}

/** A sequencer at work, again where its session was killed. */
async function number(run: Run): Promise<void> {
  while (!run.isOver) {
    try {
      await numberPostings({ ...run.context, treeHash: sha256TreeHash });
    } catch (error) {
      if (!isConnectionLost(error) && !(error instanceof MayHaveCommitted)) throw error;
    }
  }
}

interface ChainEntry {
  readonly sequence: number;
  readonly kind: string;
  readonly reverses: number | null;
  readonly recordId: string | null;
  readonly updateTimeMs: number | null;
}

/** The entries of a chain by the names that their writers know them by; which name a person has is no client's word. */
function elementsOf(chain: readonly ChainEntry[]): string[] {
  return chain.flatMap(({ kind, reverses, recordId, updateTimeMs }) => {
    if (kind === "identity") return [];
    if (kind === "posting") return [`+${nameOf({ recordId: recordId ?? "", updateTimeMs: updateTimeMs ?? 0 })}`];
    const taken = chain.find(({ sequence }) => sequence === reverses);
    return [`-${nameOf({ recordId: taken?.recordId ?? "", updateTimeMs: taken?.updateTimeMs ?? 0 })}`];
  });
}

/** Some people's chains, as one statement sees them. */
async function readChains(run: Run, reader: number): Promise<void> {
  for (let nth = 0; !run.isOver; nth += 1) {
    const people = [...new Set([1, 2, 3].map(() => personId(run.random.pick(PEOPLE))))];
    const invokedAt = run.now();
    const entriesOf = await readPeopleEntries(querySql, people, END_OF_TIME_MS);
    const completedAt = run.now();
    const lists = new Map(people.map((person) => [person, elementsOf(entriesOf.get(person) ?? [])]));
    run.reads.push({ id: `r${reader}-${nth}`, lists, invokedAt, completedAt });
    run.seen.readMeanwhile += 1;
  }
}

async function readTotals(run: Run, reader: number): Promise<void> {
  for (let nth = 0; !run.isOver; nth += 1) {
    const practitionerId = personId(run.random.pick(PEOPLE));
    const invokedAt = run.now();
    const totals = await totalsOf(`t${reader}-${nth}`, practitionerId);
    run.totals.push({ ...totals, invokedAt, completedAt: run.now() });
    run.seen.totalsMeanwhile += 1;
  }
}

async function totalsOf(id: string, practitionerId: string): Promise<TotalsRead> {
  const { balances, cut } = await readBalancePage(querySql, { practitionerId, after: null, limit: 1_000 });
  const hundredthsByYear = new Map<number, number>();
  for (const { attributedYear, hoursHundredths } of balances) {
    hundredthsByYear.set(attributedYear, (hundredthsByYear.get(attributedYear) ?? 0) + hoursHundredths);
  }
  return { id, practitionerId, sequence: cut?.sequence ?? 0, hundredthsByYear };
}

async function followFeed(run: Run): Promise<void> {
  const pages: FeedPages[number][] = [];
  run.feeds.push(pages);
  for (let from = 0; !run.isOver; ) {
    const { entries, next } = await readFeedEntries(querySql, from, EVERYTHING, FEED_LIMIT);
    pages.push({ from, next, entries });
    from = next;
    run.seen.pagesMeanwhile += 1;
  }
}

/** Everything that was done and seen, beside how it all stands at the end. */
async function judge({ writes, reads, totals, feeds }: Run): Promise<void> {
  const rows = await ledger.sql<(ChainEntry & { practitionerId: string; attributedYear: number; hours: number })[]>`
    SELECT entry.practitioner_id AS "practitionerId", entry.sequence, entry.kind, entry.reverses,
      entry.record_id AS "recordId", entry.update_time AS "updateTimeMs", entry.attributed_year AS "attributedYear",
      coalesce(entry.hours_hundredths, 0)
        * (coalesce(taken.state, entry.state) = 'registered' AND entry.kind <> 'identity')::int AS hours
    FROM ledger.entry AS entry
    LEFT JOIN ledger.entry AS taken
      ON taken.practitioner_id = entry.practitioner_id AND taken.sequence = entry.reverses
    ORDER BY entry.practitioner_id, entry.sequence`;
  const chains = Map.groupBy(rows, ({ practitionerId }) => practitionerId);
  const final = new Map([...chains].map(([person, chain]) => [person, elementsOf(chain)]));
  // Whoever saw totals saw the chain that they sum up.
  const sums = totals.map(({ id, practitionerId, sequence, invokedAt, completedAt }): Read => {
    const seen = elementsOf((chains.get(practitionerId) ?? []).slice(0, sequence));
    return { id, lists: new Map([[practitionerId, seen]]), invokedAt, completedAt };
  });
  expect(checkHistory({ writes, reads: [...reads, ...sums], final })).toEqual([]);

  const counted = new Map(
    [...chains].map(([person, chain]): [string, CountedEntry[]] => [
      person,
      chain.map(({ attributedYear, hours }) => ({ attributedYear, hoursHundredths: hours ?? 0 })),
    ]),
  );
  const atEnd = await Promise.all([...chains.keys()].map((person) => totalsOf("the end", person)));
  expect(atEnd.map(({ practitionerId, sequence }) => [practitionerId, sequence])).toEqual(
    [...chains].map(([person, chain]) => [person, chain.length]),
  );
  expect(checkTotals([...totals, ...atEnd], counted)).toEqual([]);

  const whole = await readFeedEntries(querySql, 0, EVERYTHING, rows.length + 1);
  const lengths = new Map([...chains].map(([person, chain]) => [person, chain.length]));
  expect(checkFeed(feeds, [{ from: 0, ...whole }], lengths)).toEqual([]);
}
