import { type KeptVerdict, readKeptVerdict } from "@xueshi/database";
import { type LocalDate, TITLE_SUBJECTS } from "@xueshi/domain";
import { createReplay } from "@xueshi/query-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mergePeople, undoMerge } from "../../services/ingestion-worker/src/admission/identity/merge-people.ts";
import { type Declaration, PLATFORMS } from "../oracle/index.ts";
import { type Arrival, generatedMaterials, type Material } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { openKeeping } from "./kept-verdicts.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

let world: LedgerWorld;
let keeping: Awaited<ReturnType<typeof openKeeping>>;
beforeAll(async () => {
  world = await openLedgerWorld();
  keeping = await openKeeping(world);
});
afterAll(() => world.close());

type Step =
  | { readonly do: "arrive"; readonly count: number }
  | { readonly do: "post"; readonly batch: number }
  | { readonly do: "withdraw"; readonly record: number }
  | { readonly do: "decide"; readonly record: number; readonly subject: (typeof TITLE_SUBJECTS)[number] | null }
  | { readonly do: "merge"; readonly from: number; readonly into: number }
  | { readonly do: "unmerge" }
  | { readonly do: "activate"; readonly hours: number; readonly agoMs: number }
  | { readonly do: "mark"; readonly platform: number; readonly isComplete: boolean; readonly agoMs: number }
  | { readonly do: "learn" }
  | { readonly do: "keep"; readonly asOf: LocalDate | null; readonly knownShare: number | null }
  | { readonly do: "replay" };

const small = fc.nat(1_000);
/** Recorded now, or stamped a little earlier than the verdicts before it, as what commits late is. */
const agoMs = fc.constantFrom(0, 0, 3, 40);
const of = <const Do extends string, Rest extends object>(
  verb: Do,
  rest: { [K in keyof Rest]: fc.Arbitrary<Rest[K]> },
) => fc.record({ do: fc.constant(verb), ...rest });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: of("arrive", { count: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 5, arbitrary: of("post", { batch: small }) },
    { weight: 2, arbitrary: of("withdraw", { record: small }) },
    { weight: 2, arbitrary: of("decide", { record: small, subject: fc.constantFrom(null, ...TITLE_SUBJECTS) }) },
    { weight: 1, arbitrary: of("merge", { from: small, into: small }) },
    { weight: 1, arbitrary: of("unmerge", {}) },
    { weight: 3, arbitrary: of("activate", { hours: fc.constantFrom(1, 8, 20, 90), agoMs }) },
    { weight: 2, arbitrary: of("mark", { platform: small, isComplete: fc.boolean(), agoMs }) },
    { weight: 3, arbitrary: of("learn", {}) },
    {
      weight: 5,
      arbitrary: of("keep", {
        asOf: fc.constantFrom<(LocalDate | null)[]>(null, null, "2020-06-30" as LocalDate, "2020-12-31" as LocalDate),
        knownShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
    },
    { weight: 1, arbitrary: of("replay", {}) },
  ) as fc.Arbitrary<Step>,
  { minLength: 12, maxLength: 40, size: "max" },
);

interface Run {
  readonly material: Material;
  readonly waiting: Arrival[];
  readonly startedMs: number;
  readonly kept: {
    readonly declaration: Declaration;
    readonly asOf: LocalDate | null;
    readonly verdict: KeptVerdict;
  }[];
  merge: string | null;
}

/** What all runs together have shown, so that the property cannot hold for want of anything to compare. */
const seen = { verdicts: new Set<string>(), changed: 0, staleRules: 0 };

async function takeStep(run: Run, step: Step): Promise<void> {
  switch (step.do) {
    case "arrive":
      return arrive(run.waiting.splice(0, step.count));
    case "post":
      return post(step.batch);
    case "withdraw":
    case "decide":
      return change(step);
    case "merge":
      return merge(run, step.from, step.into);
    case "unmerge": {
      if (run.merge === null) return;
      await undoMerge(world.ingestion, { decisionId: run.merge, reason: "two people", actor: "operator" });
      run.merge = null;
      return;
    }
    case "activate":
      return void (await keeping.activate(step.hours, step.agoMs));
    case "mark":
      return keeping.mark(step.platform, step.isComplete, step.agoMs);
    case "learn":
      return keeping.learn();
    case "keep":
      return keep(run, step);
    case "replay":
      return replayAll(run);
  }
}

async function arrive(arrivals: readonly Arrival[]): Promise<void> {
  for (const source of PLATFORMS) {
    const rows = arrivals.flatMap((one) => (one.kind === "row" && one.source === source ? [one.raw] : []));
    if (rows.length > 0) await world.pull(source, rows);
  }
  const pushes = arrivals.flatMap((one) => (one.kind === "push" ? [one] : []));
  for (const { source, push } of pushes) await world.push(source, [push], world.clock());
}

async function post(batch: number): Promise<void> {
  const waiting = await world.unposted();
  if (waiting.length > 0) await world.post(waiting[batch % waiting.length] ?? "");
}

async function change(step: Extract<Step, { do: "withdraw" | "decide" }>): Promise<void> {
  const records = await world.owner<{ source: string; recordId: string }[]>`
    SELECT DISTINCT source, record_id AS "recordId" FROM ledger.entry WHERE kind = 'posting' ORDER BY 1, 2`;
  const record = records[step.record % Math.max(1, records.length)];
  if (record === undefined) return;
  if (step.do === "withdraw") await world.withdraw(record.source, record.recordId, world.clock());
  else await world.decide(record.source, record.recordId, { subject: step.subject, counts: step.subject === null });
}

async function merge(run: Run, from: number, into: number): Promise<void> {
  const people = run.material.declarations.map((one) => world.practitionerIdOf(one.practitioner.idNumber));
  const [one, other] = [people[from % people.length], people[into % people.length]];
  if (run.merge !== null || one === undefined || other === undefined || one === other) return;
  const said = { reason: "one person", document: null, actor: "operator" };
  const outcome = await mergePeople(world.ingestion, { from: one, into: other, ...said });
  if (outcome.kind === "merged") run.merge = outcome.merge.decisionId;
}

async function keep(run: Run, { asOf, knownShare }: Extract<Step, { do: "keep" }>): Promise<void> {
  const nowMs = world.clock();
  const knownAtMs = knownShare === null ? null : Math.round(nowMs - (1 - knownShare) * (nowMs - run.startedMs));
  for (const declaration of run.material.declarations) {
    const verdict = await keeping.keep(declaration, { asOf, knownAtMs });
    if (verdict !== null) run.kept.push({ declaration, asOf, verdict });
  }
}

async function replayAll(run: Run): Promise<void> {
  const replay = createReplay(world.query, world.ingestion.vault);
  const stored = await Promise.all(
    run.kept.map(({ verdict }) => readKeptVerdict(world.query, verdict.practitionerId, verdict.verdictId)),
  );
  const replays = await replay(stored.filter((one) => one !== null));
  expect(replays).toHaveLength(run.kept.length);
  for (const one of replays) expect(one).toEqual({ outcome: "same", code: null, differences: [] });
}

/** How many of the kept verdicts would be answered otherwise today, and how many rest on rules that nobody asks now. */
async function countChanged(run: Run): Promise<void> {
  await keeping.learn();
  for (const { declaration, asOf, verdict } of run.kept) {
    const now = JSON.parse((await keeping.now(declaration, asOf))?.decision ?? "{}");
    const before = JSON.parse(verdict.decision);
    seen.verdicts.add(before.verdict);
    if (now.verdict !== before.verdict) seen.changed += 1;
    if (now.cut?.ruleSetDigest !== before.cut.ruleSetDigest) seen.staleRules += 1;
  }
}

test("a kept verdict is the same for ever, whatever comes, goes, merges, or is activated after it", async () => {
  await checkProperty(
    fc.asyncProperty(generatedMaterials, steps, async (material, drawn) => {
      await world.reset(material.categories);
      await keeping.reset();
      const run: Run = { material, waiting: [...material.arrivals], startedMs: world.clock(), kept: [], merge: null };
      for (const step of drawn) await takeStep(run, step);
      await arrive(run.waiting);
      for (const batchId of await world.unposted()) await world.post(batchId);
      // When all is in and one hour is enough, some are met; when 250 are asked, nobody is.
      await keeping.activate(1, 0);
      await keeping.learn();
      await keep(run, { do: "keep", asOf: null, knownShare: null });
      await keeping.activate(250, 0);
      await replayAll(run);
      await countChanged(run);
    }),
    10,
  );
  expect([...seen.verdicts].toSorted()).toEqual(["met", "not_met", "unknown"]);
  expect(seen.changed).toBeGreaterThan(0);
  expect(seen.staleRules).toBeGreaterThan(0);
});
