import fc from "fast-check";
import { expect } from "vitest";
import type { CommandKind } from "./command.ts";
import { expectCheckpoint, expectFeed } from "./expect-feed.ts";

/** Projections are derived anew, whatever waits; they stood as they should. */
export const rebuild: CommandKind<null> = {
  ...{ kind: "rebuild", weight: 1 },
  plan: fc.constant(null),
  run: async (_model, real) => {
    expect((await real.rebuild()).differences).toEqual([]);
    return true;
  },
};

export const verify: CommandKind<null> = {
  ...{ kind: "verify", weight: 1 },
  plan: fc.constant(null),
  run: async (_model, real) => {
    const { tally } = await real.verify();
    expect(tally.first).toEqual([]);
    expect(tally.counts).toEqual(new Map());
    return true;
  },
};

/** A round of the sequencer: what is committed gets its positions. */
export const number: CommandKind<null> = {
  ...{ kind: "number the feed", weight: 1 },
  plan: fc.constant(null),
  run: async (_model, real) => {
    const numbered = await real.number();
    await expectFeed(real);
    return numbered > 0;
  },
};

export const sign: CommandKind<null> = {
  ...{ kind: "sign a checkpoint", weight: 1 },
  plan: fc.constant(null),
  run: async (model, real) => {
    const { note } = await real.sign();
    const feed = await expectFeed(real);
    expectCheckpoint(note, real.verifierKey, feed);
    // Notes of before say what the feed still begins with.
    for (const earlier of model.notes) expectCheckpoint(earlier, real.verifierKey, feed);
    model.notes.push(note);
    return feed.length > 0;
  },
};
