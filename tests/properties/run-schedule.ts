import type { Verdict } from "@xueshi/domain";
import { expect } from "vitest";
import {
  type Declaration,
  type OperatorDecision,
  PLATFORMS,
  type Push,
  type RawRow,
  readRows,
  standingRow,
} from "../oracle/index.ts";
import { type Arrival, feedsOf, type Material } from "./arrivals.ts";
import { expectLedgerAsOracle, type Sent } from "./compare-with-oracle.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import type { Step } from "./schedule.ts";

interface Remembered {
  readonly declaration: Declaration;
  readonly knownAtMs: number;
  readonly verdict: Verdict;
}

/** A run under way: what came so far, what is still to come, what was decided and what was answered. */
interface Run {
  world: LedgerWorld;
  readonly material: Material;
  readonly waiting: Arrival[];
  readonly arrived: Arrival[];
  readonly decisions: OperatorDecision[];
  readonly answers: Remembered[];
}

/** Before which step the ledger moves to another world, in which everything goes on. */
export interface Move {
  readonly beforeStep: number;
  readonly move: (from: LedgerWorld) => Promise<LedgerWorld>;
}

/**
 * Runs the steps, then lets the rest come and be posted from the newest batch to the oldest. The ledger must then be as
 * the oracle says, and every earlier answer must come again at its own known time.
 */
export async function runSchedule(
  first: LedgerWorld,
  material: Material,
  steps: readonly Step[],
  move?: Move,
): Promise<void> {
  await first.reset(material.categories);
  const run: Run = { world: first, material, waiting: [...material.arrivals], arrived: [], decisions: [], answers: [] };
  for (const [index, step] of steps.entries()) {
    if (index === move?.beforeStep) run.world = await move.move(run.world);
    await takeStep(run, step);
  }
  if (move !== undefined && move.beforeStep >= steps.length) run.world = await move.move(run.world);
  const { world } = run;
  while (run.waiting.length > 0) await arrive(run, 25, false);
  await compare(run);
  for (const { declaration, knownAtMs, verdict } of run.answers) {
    expect(await world.answer(declaration, knownAtMs)).toEqual(verdict);
  }
}

async function takeStep(run: Run, step: Step): Promise<void> {
  const { world } = run;
  switch (step.do) {
    case "arrive":
      return arrive(run, step.count, step.together);
    case "again":
      return again(run, step.from, step.count);
    case "withdraw":
      return withdraw(run, step.record, step.backdated);
    case "post":
      return postTogether(run, new Array(step.posters).fill(step.batch));
    case "post-together":
      return postTogether(run, step.batches);
    case "post-rest":
      return postRest(world);
    case "decide":
      return decide(run, step);
    case "check":
      for (const declaration of run.material.declarations) {
        const knownAtMs = world.clock();
        run.answers.push({ declaration, knownAtMs, verdict: await world.answer(declaration, knownAtMs) });
      }
      return;
    case "compare":
      return compare(run);
  }
}

async function arrive(run: Run, count: number, together: boolean): Promise<void> {
  await store(run, run.waiting.splice(0, count), together);
}

/** Pulled rows and pushes with an update time of their own say nothing new; one without gets the time of its arrival. */
async function again(run: Run, from: number, count: number): Promise<void> {
  if (run.arrived.length === 0) return;
  const start = from % run.arrived.length;
  await store(run, run.arrived.slice(start, start + count), false);
}

/** Stores arrivals as one batch for each source and keeps them for the oracle. */
async function store(run: Run, arrivals: readonly Arrival[], together: boolean): Promise<void> {
  const { world } = run;
  const batches = Map.groupBy(arrivals, ({ source }) => source);
  const storing: (() => Promise<unknown>)[] = [];
  for (const [source, batch] of batches) {
    const receivedAtMs = world.clock();
    const pushes = batch.flatMap((one) => (one.kind === "push" ? [arrivalTime(one.push, receivedAtMs)] : []));
    const rows = batch.flatMap((one) => (one.kind === "row" ? [one.raw] : []));
    storing.push(() => (rows.length > 0 ? world.pull(source, rows) : world.push(source, pushes, receivedAtMs)));
    run.arrived.push(...batch.filter((one) => one.kind === "row"));
    run.arrived.push(...pushes.map((push): Arrival => ({ kind: "push", source, push })));
  }
  if (together) await Promise.all(storing.map((start) => start()));
  else for (const start of storing) await start();
}

/** Submitted pushes of these plans carry no time: theirs is the arrival. */
export function arrivalTime(push: Push, receivedAtMs: number): Push {
  return push.status === "submitted" ? { ...push, updatedAt: new Date(receivedAtMs).toISOString() } : push;
}

async function withdraw(run: Run, record: number, backdated: boolean): Promise<void> {
  const { world, arrived } = run;
  const feeds = feedsOf(arrived, run.material.categories);
  const rows = readRows(feeds);
  const chosen = rows[record % Math.max(1, rows.length)];
  if (chosen === undefined) return;
  const { platform, recordId } = chosen;
  const standing = standingRow(rows, platform, recordId);
  // Not at the very time of a version: the digest would decide, and which one a withdrawal has the rules do not say.
  const askedMs = backdated ? chosen.updateMs + 1 : world.clock();
  const stored = await world.withdraw(platform, recordId, askedMs);
  expect(stored === null).toBe(standing === undefined);
  if (standing === undefined) return;
  const original = arrived.filter((one) => !isTotalRow(one)).toSorted(byListOrder)[rows.indexOf(standing)];
  if (original === undefined) throw new Error("the standing version is one of those that arrived");
  arrived.push(withdrawn(original, Math.max(askedMs, standing.updateMs + 1)));
}

/** The order in which the oracle reads the lists. */
function byListOrder(left: Arrival, right: Arrival): number {
  const place = ({ kind, source }: Arrival) => (kind === "push" ? PLATFORMS.length : PLATFORMS.indexOf(source));
  return place(left) - place(right);
}

function isTotalRow(arrival: Arrival): boolean {
  return arrival.source === "zj-industry" && arrival.kind === "row" && arrival.raw.type === "0";
}

/** A withdrawal as a version of its own: the standing version, withdrawn, at the time of the withdrawal. */
export function withdrawn(original: Arrival, updateMs: number): Arrival {
  const updatedAt = new Date(updateMs).toISOString();
  if (original.kind === "push") {
    return { ...original, push: { ...original.push, status: "withdrawn", updatedAt } };
  }
  const changes: Readonly<Record<string, RawRow>> = {
    "quzhou-city": { Status: 9, UpdateTime: updatedAt },
    "zj-industry": { deleted: true, updateTime: updateMs },
    "zj-natural-resources": { 审核状态: "已撤销", 更新时间: updatedAt },
  };
  return { ...original, raw: { ...original.raw, ...changes[original.source] } };
}

async function postTogether(run: Run, picks: readonly number[]): Promise<void> {
  const waiting = await run.world.unposted();
  if (waiting.length === 0) return;
  const chosen = picks.map((pick) => waiting[pick % waiting.length] ?? "");
  const outcomes = await Promise.all(chosen.map((batchId) => run.world.post(batchId)));
  expect(outcomes.filter((outcome) => outcome === "posted")).toHaveLength(new Set(chosen).size);
}

async function postRest(world: LedgerWorld): Promise<void> {
  const waiting = await world.unposted();
  for (const batchId of waiting.toReversed()) expect(await world.post(batchId)).toBe("posted");
}

async function decide(run: Run, step: Extract<Step, { do: "decide" }>): Promise<void> {
  const records = await run.world.owner<{ source: string; recordId: string }[]>`
    SELECT entry.source, entry.record_id AS "recordId" FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    WHERE state.slot = '' AND state.state = ANY(${step.subject === null ? ["duplicate"] : ["registered", "unclassified"]})
    ORDER BY 1, 2`;
  const chosen = records[step.record % Math.max(1, records.length)];
  if (chosen === undefined) return;
  const { source, recordId } = chosen;
  const outcome = await run.world.decide(source, recordId, { subject: step.subject, counts: step.subject === null });
  expect(outcome.kind).toBe("decided");
  if (outcome.kind !== "decided" || outcome.postingId === null) return;
  run.decisions.push({ platform: source, recordId, subject: step.subject, countsBesides: step.subject === null });
}

async function compare(run: Run): Promise<void> {
  await postRest(run.world);
  const { decisions, material, arrived } = run;
  const feeds = feedsOf(arrived, material.categories);
  const sent: Sent = { feeds, decisions, declarations: material.declarations };
  await expectLedgerAsOracle(run.world, sent);
}
