import { expect, it } from "vitest";
import { formatCheckpoint } from "./checkpoint.ts";
import { type CheckpointContext, verifyCheckpoint } from "./verify-checkpoint.ts";

const note = formatCheckpoint({ origin: "ledger", size: 3, root: "AAAA", heads: 2, headsRoot: "BBBB" });
const context = (changes: Partial<CheckpointContext> = {}): CheckpointContext => ({
  open: (text) => text,
  at: (size) => (size === 3 ? { root: "AAAA", heads: { count: 2, root: "BBBB" } } : null),
  ...changes,
});
const found = (changes: Partial<CheckpointContext> = {}, size: number | null = 3) =>
  verifyCheckpoint({ key: "3/now", size, note }, context(changes)).map(({ code, field }) => `${code} ${field}`);

it("a checkpoint that says what the ledger was is sound, kept here or elsewhere", () => {
  expect(found()).toEqual([]);
  expect(found({}, null)).toEqual([]);
  expect(found({ at: () => ({ root: "AAAA", heads: null }) })).toEqual([]);
});

it("a checkpoint is found that nobody signed, that is none, or that speaks of another ledger", () => {
  expect(found({ open: () => null })).toEqual(["checkpoint_not_signed note"]);
  expect(found({ open: () => "something else\n" })).toEqual(["checkpoint_differs note"]);
  expect(found({ at: () => null })).toEqual(["checkpoint_differs size"]);
  expect(found({}, 4)).toEqual(["checkpoint_differs size"]);
  expect(found({ at: () => ({ root: "AAAB", heads: { count: 2, root: "BBBB" } }) })).toEqual([
    "checkpoint_differs root",
  ]);
  expect(found({ at: () => ({ root: "AAAA", heads: { count: 3, root: "CCCC" } }) })).toEqual([
    "checkpoint_differs heads",
    "checkpoint_differs heads_root",
  ]);
});
