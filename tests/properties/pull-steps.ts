import {
  FAULT_KINDS,
  type FaultKind,
  FILE_FAULT_KINDS,
  type FileFaultKind,
  type MisbehaviourSettings,
} from "@xueshi/scripts/simulators";
import fc from "fast-check";
import { PLATFORMS } from "../oracle/index.ts";
import type { Death } from "./mortal-process.ts";

/** How a process ends before its work is done: killed, or told to stop at its nth request. */
export type Ending = Death | { readonly before: "stop"; readonly nth: number };

export interface PullStep {
  readonly do: "pull";
  readonly platforms: readonly (typeof PLATFORMS)[number][];
  readonly misbehaviour: MisbehaviourSettings;
  readonly ending: Ending | null;
  /** Two more rows appear after so many pages. */
  readonly growsAtPage: number | null;
}

/** One step of a run; numbers pick modulo what there is. */
export type PullingStep =
  | PullStep
  /** The next rows of a platform appear, or one of its rows appears again. */
  | { readonly do: "grow"; readonly platform: (typeof PLATFORMS)[number]; readonly count: number }
  | { readonly do: "repeat"; readonly platform: (typeof PLATFORMS)[number]; readonly nth: number }
  /** Some months are to be read again; done by the next pull. */
  | { readonly do: "backfill"; readonly platform: (typeof PLATFORMS)[number]; readonly month: number }
  /** Some of what waits is posted, the newest first or the oldest. */
  | { readonly do: "post"; readonly count: number; readonly newestFirst: boolean; readonly ending: Death | null };

const platforms = fc.constantFrom(...PLATFORMS);

/** Of a process that makes so many statements and commits, about. */
function deaths(statements: number, commits: number): fc.Arbitrary<Death> {
  return fc.oneof(
    fc.record({ before: fc.constant("statement" as const), nth: fc.integer({ min: 1, max: statements }) }),
    fc.record({ before: fc.constant("commit-is-known" as const), nth: fc.integer({ min: 1, max: commits }) }),
  );
}

const endings: fc.Arbitrary<Ending> = fc.oneof(
  { weight: 2, arbitrary: deaths(60, 6) },
  fc.record({ before: fc.constantFrom("answer" as const, "stop" as const), nth: fc.integer({ min: 1, max: 10 }) }),
);

/** What may go wrong in a run. */
export interface Choice {
  readonly kinds: readonly FaultKind[];
  readonly fileKinds: readonly FileFaultKind[];
}

export const EVERYTHING: Choice = { kinds: FAULT_KINDS, fileKinds: FILE_FAULT_KINDS };

/**
 * A few kinds at a time, often enough to meet each other. An empty list comes once in a pull at most: where a platform
 * gives no totals and says twice that there is nothing, nobody can know better.
 */
function misbehaviours({ kinds, fileKinds }: Choice): fc.Arbitrary<MisbehaviourSettings> {
  return fc
    .record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      chosen: fc.shuffledSubarray([...kinds], {
        minLength: Math.min(1, kinds.length),
        maxLength: Math.min(6, kinds.length),
      }),
      rate: fc.constantFrom(0.25, 0.5, 1),
      fileRate: fc.constantFrom(0, 0.3, 0.6),
      strikesMax: fc.integer({ min: 1, max: 12 }),
      routes: fc.constantFrom(["rows" as const], ["rows" as const], ["rows" as const], undefined),
      requestsToPass: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ seed, chosen, rate, fileRate, strikesMax, routes, requestsToPass }) => {
      const files = fileKinds.map((kind) => [kind, fileRate / fileKinds.length]);
      return {
        ...{ seed, strikesMax, slowMsMax: 20, shortListRows: 2 },
        ...(routes === undefined ? {} : { routes, requestsToPass }),
        strikesMaxOfKind: chosen.includes("empty_list") ? 1 : chosen.includes("hang") ? 2 : 12,
        rates: Object.fromEntries([...files, ...chosen.map((kind) => [kind, rate])]),
      };
    });
}

/** Steps that leave no moment safe: every pull may be misled, cut off, or meet rows that just appear. */
export function pullingSteps(choice: Choice): fc.Arbitrary<PullingStep[]> {
  const pull = fc.record({
    do: fc.constant("pull" as const),
    platforms: fc.oneof(
      { weight: 1, arbitrary: fc.constant(PLATFORMS) },
      { weight: 4, arbitrary: platforms.map((one) => [one]) },
    ),
    misbehaviour: misbehaviours(choice),
    ending: fc.option(endings, { freq: 2, nil: null }),
    growsAtPage: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2, nil: null }),
  });
  const count = fc.integer({ min: 1, max: 12 });
  const post = fc.record({
    do: fc.constant("post" as const),
    count: fc.integer({ min: 1, max: 4 }),
    newestFirst: fc.boolean(),
    ending: fc.option(deaths(12, 1), { freq: 2, nil: null }),
  });
  return fc.array(
    fc.oneof(
      { weight: 10, arbitrary: pull },
      { weight: 5, arbitrary: fc.record({ do: fc.constant("grow" as const), platform: platforms, count }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("repeat" as const), platform: platforms, nth: fc.nat(1_000) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("backfill" as const), platform: platforms, month: fc.nat(35) }),
      },
      { weight: 3, arbitrary: post },
    ),
    { minLength: 10, maxLength: 24, size: "max" },
  );
}
