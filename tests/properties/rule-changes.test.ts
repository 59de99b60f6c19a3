import type { LocalDate } from "@xueshi/domain";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followRules } from "../../services/ledger-service/src/ledger/follow-rules.ts";
import { postBatch } from "../../services/ledger-service/src/ledger/post-batch.ts";
import type { PostingContext } from "../../services/ledger-service/src/ledger/posting-context.ts";
import { activateRoutes, type TestRoute } from "../../services/ledger-service/src/testing/activate-routes.ts";
import {
  openTestLedger,
  type TestLedger,
  type TestVersion,
} from "../../services/ledger-service/src/testing/test-ledger.ts";
import { checkProperty } from "./check-property.ts";
import { readLedger } from "./read-ledger.ts";
import { verifyLedger } from "./verify-ledger.ts";

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

const SOURCES = ["demo-training", "quzhou-city", "other-training"];
const PLATFORMS = ["quzhou-city", "zj-industry"];
const DAYS = ["2019-05-01", "2020-03-01", "2020-09-01"];
const FIRST_DAYS = ["2018-01-01", "2020-01-01", "2020-06-01"];

/** Routes of both rule sets; two of them may speak of one source. */
const routes: fc.Arbitrary<TestRoute[][]> = fc.tuple(
  ...["quzhou-2020", "zhejiang-2016"].map(() =>
    fc.uniqueArray(
      fc.record({
        source: fc.constantFrom(...SOURCES),
        platform: fc.constantFrom(...PLATFORMS),
        from: fc.constantFrom(...FIRST_DAYS),
      }),
      { selector: ({ source }) => source, maxLength: 2 },
    ),
  ),
);
/** Of one day and title records are of one achievement where they register for one platform. */
const arrivals = fc.array(
  fc.record({
    source: fc.constantFrom(...SOURCES),
    recordId: fc.constantFrom("r1", "r2", "r3"),
    person: fc.constantFrom("wang", "li", "zhao"),
    updateTimeMs: fc.constantFrom(1_000, 2_000),
    hours: fc.constantFrom(400, 800),
    obtainedOn: fc.constantFrom(...DAYS),
  }),
  { minLength: 3, maxLength: 12 },
);
type Arrival = typeof arrivals extends fc.Arbitrary<(infer One)[]> ? One : never;

const runs = fc.record({
  before: routes,
  between: fc.option(routes, { nil: null }),
  after: routes,
  arrivals,
  /** How many of them come before the rules change, and how many while the ledger follows. */
  early: fc.nat(12),
  late: fc.nat(4),
  peoplePerStep: fc.integer({ min: 1, max: 3 }),
  /** The posting, counted from the change on, in which the process dies; then it goes on. */
  diesAt: fc.integer({ min: 1, max: 5 }),
});
type Run = typeof runs extends fc.Arbitrary<infer One> ? One : never;

/** Runs in which records go from one platform to another, and the process surely dies at the first posting. */
const DYING = [1, 3].map((peoplePerStep): [Run] => {
  const routeTo = (platform: string): TestRoute[][] => [
    [{ source: "demo-training", platform, from: "2018-01-01" }],
    [],
  ];
  const records = { r1: "wang", r2: "li", r3: "zhao" } as const;
  const arrivals = (["r1", "r2", "r3"] as const).map((recordId): Arrival => {
    const record = { source: "demo-training", recordId, person: records[recordId], obtainedOn: "2020-03-01" };
    return { ...record, updateTimeMs: 1_000, hours: 400 };
  });
  const rules = { before: [[], []], between: routeTo("zj-industry"), after: routeTo("quzhou-city") };
  return [{ ...rules, arrivals, early: 3, late: 0, peoplePerStep, diesAt: 1 }];
});

const seen = { died: 0, changed: 0, superseded: 0 };

test("a ledger that follows new rules, cut off anywhere, stands as one that had them from the beginning", async () => {
  await checkProperty(
    fc.asyncProperty(runs, async (run) => {
      await begin(run.before);
      const early = run.arrivals.slice(0, run.early);
      const rest = run.arrivals.slice(run.early);
      await arrive(early);
      if (run.between !== null) {
        await activate(run.between);
        await followRules(ledger.context, { peoplePerStep: 1 });
        await followRules(ledger.context, { peoplePerStep: 1 });
      }
      await activate(run.after);
      await dieOnce(run.diesAt, run.peoplePerStep);
      await arrive(rest.slice(0, run.late));
      await follow(run.peoplePerStep);
      await arrive(rest.slice(run.late));
      const followed = await look();
      const [count] = await ledger.sql<{ died: number; changed: number; superseded: number }[]>`
        SELECT coalesce(sum(changed), 0)::int AS changed, count(*) FILTER (WHERE state = 'superseded')::int AS superseded
        FROM ledger.rule_change`;
      seen.changed += count?.changed ?? 0;
      seen.superseded += count?.superseded ?? 0;

      await begin(run.after);
      await arrive(run.arrivals);
      expect(followed).toEqual(await look());
    }),
    14,
    DYING,
  );
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(1);
});

/** An empty ledger that follows these rules. */
async function begin(said: readonly (readonly TestRoute[])[]): Promise<void> {
  await ledger.empty();
  await activate(said);
  await follow(3);
}

async function activate([city = [], province = []]: readonly (readonly TestRoute[])[]): Promise<void> {
  for (const [id, list] of [["quzhou-2020", city] as const, ["zhejiang-2016", province] as const]) {
    ledger.clock.advance(5_000);
    await activateRoutes(ledger.sql, ledger.clock(), list, id);
  }
}

async function arrive(list: readonly Arrival[]): Promise<void> {
  const plain = { title: "课程", subjectCode: "professional", subjectBasis: "name" } as const;
  const apart = new Map(list.map((one) => [JSON.stringify(one), one]));
  for (const [source, ofSource] of Map.groupBy(apart.values(), (one) => one.source)) {
    const versions = ofSource.map(
      ({ source: _source, hours, obtainedOn, ...rest }): TestVersion => ({
        ...{ ...rest, ...plain, hoursHundredths: hours, obtainedOn: obtainedOn as LocalDate },
      }),
    );
    await postBatch(ledger.context, await ledger.store({ source, versions }));
  }
}

async function follow(peoplePerStep: number): Promise<void> {
  while ((await followRules(ledger.context, { peoplePerStep })) === "step");
}

/** Follows until the process dies within a posting, or nothing is left to do. */
async function dieOnce(diesAt: number, peoplePerStep: number): Promise<void> {
  let postings = 0;
  const newId = (): string => {
    postings += 1;
    if (postings === diesAt) throw new Error("it died");
    return ledger.context.newId();
  };
  const context: PostingContext = { ...ledger.context, newId };
  try {
    while ((await followRules(context, { peoplePerStep })) === "step");
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "it died") throw error;
    seen.died += 1;
  }
}

/** How everything stands, and the balances; the ledger is whole. */
async function look(): Promise<{ readonly states: string[]; readonly balances: string[] }> {
  const stored = await readLedger(ledger.sql);
  verifyLedger(stored);
  const entryAt = new Map(stored.entries.map((entry) => [`${entry.practitionerId}/${entry.sequence}`, entry]));
  const states = stored.states.map(({ practitionerId, sequence, recordKey, slot, state }) => {
    const { platform, code, hoursHundredths, trace } = entryAt.get(`${practitionerId}/${sequence}`) ?? {};
    return [practitionerId, recordKey, slot, state, platform, code, hoursHundredths, trace].join(" ");
  });
  const balances = stored.balances.filter(({ hoursHundredths }) => hoursHundredths !== 0);
  return {
    states: states.sort(),
    balances: balances.map(({ key, hoursHundredths }) => `${key} ${hoursHundredths}`).sort(),
  };
}
