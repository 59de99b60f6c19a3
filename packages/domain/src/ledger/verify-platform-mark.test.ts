import { describe, expect, it } from "vitest";
import { type KeptMark, type PulledBatch, verifyPlatformMark } from "./verify-platform-mark.ts";

const pull = { source: "city", pullId: "pull-1" };
const first: PulledBatch = { ...pull, closesPull: false, completeUntilMs: null, postedAtMs: 1_000 };
const last: PulledBatch = { ...pull, closesPull: true, completeUntilMs: 500, postedAtMs: 1_100 };
const mark: KeptMark = {
  ...{ platform: "city", pullId: "pull-1", completeUntilMs: 500, outcome: "complete", recordedAtMs: 1_100 },
};
const fields = (kept: KeptMark | null, batches: readonly PulledBatch[] = [first, last]) =>
  verifyPlatformMark(kept, batches).map(({ field }) => field);

describe("the mark of a pull", () => {
  it("that says what the batch says that closed it is sound", () => {
    expect(fields(mark)).toEqual([]);
    const cutOff = { ...last, completeUntilMs: null };
    expect(fields({ ...mark, completeUntilMs: null, outcome: "partial" }, [first, cutOff])).toEqual([]);
  });

  it("may be as late as another batch of the pull, and no other time", () => {
    const late = { ...first, postedAtMs: 1_200 };
    expect(fields({ ...mark, recordedAtMs: 1_200 }, [late, last])).toEqual([]);
    expect(fields(mark, [late, last])).toEqual([]);
    expect(fields({ ...mark, recordedAtMs: 1_000 })).toEqual(["recorded_at"]);
    expect(fields({ ...mark, recordedAtMs: Number.NaN })).toEqual(["recorded_at"]);
  });

  it("is there as soon as its last batch is posted, and not before", () => {
    expect(fields(null)).toEqual([null]);
    expect(fields(null, [first])).toEqual([]);
    expect(fields(null, [first, { ...last, postedAtMs: null }])).toEqual([]);
    expect(fields(mark, [first])).toEqual([null]);
    expect(fields(mark, [])).toEqual([null]);
  });

  it.each([
    ["complete_until", { completeUntilMs: 501 }],
    ["complete_until", { completeUntilMs: null }],
    ["outcome", { outcome: "partial" }],
  ] as const)("with another %s is found", (field, change) => {
    expect(fields({ ...mark, ...change })).toEqual([field]);
  });
});
