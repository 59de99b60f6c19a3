import { expect } from "vitest";
import { PLATFORMS, type Platform } from "../oracle/index.ts";
import type { Material } from "./arrivals.ts";
import { expectLedgerAsOracle } from "./compare-with-oracle.ts";
import { FeedInParts } from "./feed-in-parts.ts";
import type { FireCounts } from "./fire-counts.ts";
import type { PullingStep, PullStep } from "./pull-steps.ts";
import type { Happened, PullingWorld } from "./pulling-world.ts";
import {
  expectNothingInvented,
  expectNothingMissing,
  type RowCounts,
  readStoredRows,
  rowsSent,
} from "./stored-rows.ts";

/** How often a platform that behaves has to be pulled at most, whatever was left of it. */
const PULLS_TO_CONVERGE_MAX = 3;

export interface PullingRun {
  readonly material: Material;
  /** Decides in which order rows appear. */
  readonly orderSeed: number;
  /** Of each platform's rows, so many hundredths are there from the beginning. */
  readonly thereAtFirst: number;
  /** How far our clock is behind that of the platforms until the platforms behave. */
  readonly behindMs: number;
  readonly steps: readonly PullingStep[];
}

/**
 * Runs the steps, then lets the rest appear and the platforms behave. Until then nothing may be taken that was not sent,
 * and no pull may call its platform complete while a row is missing that was there when it began; at the end everything
 * must be there once, and the ledger and every verdict as the rules say.
 */
export async function runPulls(pulling: PullingWorld, run: PullingRun, counts: FireCounts): Promise<void> {
  await pulling.reset(run.material.categories, run.behindMs);
  const feed = new FeedInParts(pulling.simulators(), run.material, run.orderSeed);
  try {
    await feed.growShare(run.thereAtFirst);
    for (const step of run.steps) await takeStep(pulling, feed, step, counts);
    await feed.growShare(100);
    await pulling.simulators().behave();
    pulling.setClockRight();
    for (const platform of PLATFORMS) if (feed.has(platform)) await converge(pulling, feed, platform);
    await postRest(pulling);
    const feeds = feed.feeds();
    expect(inOrder(await readStoredRows(pulling.world.owner))).toEqual(inOrder(rowsSent(feeds)));
    await expectLedgerAsOracle(pulling.world, { feeds, decisions: [], declarations: run.material.declarations });
  } finally {
    counts.add(pulling.simulators().counters);
  }
}

/** The empty batch that ends a pull waits for all others of its platform, so one round may leave some. */
async function postRest({ world }: PullingWorld): Promise<void> {
  for (let waiting = await world.unposted(); waiting.length > 0; ) {
    for (const batchId of waiting.toReversed()) await world.post(batchId);
    const left = await world.unposted();
    expect(left.length, "batches that nothing posts").toBeLessThan(waiting.length);
    waiting = left;
  }
}

/** Pulls a platform that behaves until it is complete. */
export async function converge(pulling: PullingWorld, feed: FeedInParts, platform: Platform): Promise<void> {
  const met: unknown[] = [];
  for (let nth = 1; nth <= PULLS_TO_CONVERGE_MAX; nth += 1) {
    const sent = rowsSent(feed.feeds());
    const { ended } = await pulling.pull(platform, null, true);
    await expectAsSent(pulling, feed, sent, ended);
    met.push(ended);
    if (ended.some(({ state, isBackfill }) => state === "complete" && !isBackfill)) return;
  }
  throw new Error(`${platform} behaves and is not complete: ${JSON.stringify(met)}`);
}

async function takeStep(
  pulling: PullingWorld,
  feed: FeedInParts,
  step: PullingStep,
  counts: FireCounts,
): Promise<void> {
  switch (step.do) {
    case "grow":
      return feed.grow(step.platform, step.count);
    case "repeat":
      return feed.repeat(step.platform, step.nth);
    case "backfill":
      return pulling.askAgain(step.platform === "zj-industry" ? "quzhou-city" : step.platform, step.month);
    case "pull":
      return pullMisled(pulling, feed, step, counts);
    case "post": {
      const waiting = await pulling.world.unposted();
      const chosen = (step.newestFirst ? waiting.toReversed() : waiting).slice(0, step.count);
      for (const [nth, batchId] of chosen.entries()) {
        const death = nth === 0 ? step.ending : null;
        if ((await pulling.post(batchId, death)) && death !== null) counts.die("ledger-service", death.before);
      }
    }
  }
}

async function pullMisled(pulling: PullingWorld, feed: FeedInParts, step: PullStep, counts: FireCounts): Promise<void> {
  const simulators = pulling.simulators();
  await simulators.misbehave({ ...step.misbehaviour, elsewhere: pulling.elsewhere.url });
  let pages = 0;
  const stopGrowing = simulators.onPage(({ platform }) => {
    pages += 1;
    if (pages === step.growsAtPage) feed.growAtOnce(platform, 2);
  });
  const sent = rowsSent(feed.feeds());
  const happened = await Promise.all(step.platforms.map((platform) => pulling.pull(platform, step.ending)));
  stopGrowing();
  await expectAsSent(
    pulling,
    feed,
    sent,
    happened.flatMap(({ ended }) => ended),
  );
  for (const one of happened) count(one, step, counts);
  // The folder is as it should be again before its files grow.
  await simulators.behave();
}

function count({ ended, hasDied, wasStopped }: Happened, { ending }: PullStep, counts: FireCounts): void {
  if (ending !== null && (hasDied || wasStopped)) counts.die("ingestion-worker", ending.before);
  for (const { state, reason } of ended) counts.end(state, reason);
}

/** @param sentBefore what was there when the pulls began */
async function expectAsSent(
  pulling: PullingWorld,
  feed: FeedInParts,
  sentBefore: RowCounts,
  ended: Happened["ended"],
): Promise<void> {
  const stored = await readStoredRows(pulling.world.owner);
  expectNothingInvented(stored, rowsSent(feed.feeds()));
  for (const { platform, state, isBackfill } of ended) {
    if (state === "complete" && !isBackfill)
      expectNothingMissing(stored, sentBefore, platform, "after a complete pull");
  }
}

const inOrder = (counts: RowCounts) => [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1));
