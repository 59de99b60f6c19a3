import { describe, expect, test } from "vitest";
import { toJobOptions } from "./job-options.ts";
import { defaultTiming } from "./queue-config.ts";

describe("the options of a job", () => {
  test("a finished job leaves nothing behind and a failed one is kept within bounds", () => {
    expect(toJobOptions(defaultTiming, {})).toEqual({
      attempts: 5,
      backoff: { type: "exponential", delay: 1_000, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: { age: 86_400, count: 200 },
      stackTraceLimit: 0,
    });
  });

  test("a key deduplicates without a fixed job id and keeps what comes while the first runs", () => {
    const options = toJobOptions(defaultTiming, { dedupeKey: "batch-1", delayMs: 0 });
    expect(options).toMatchObject({ delay: 0, deduplication: { id: "batch-1", keepLastIfActive: true } });
    expect(options).not.toHaveProperty("jobId");
  });

  test.each([
    [{ dedupeKey: "" }, "dedupeKey"],
    [{ dedupeKey: "a:b" }, "dedupeKey"],
    [{ dedupeKey: "张三" }, "dedupeKey"],
    [{ dedupeKey: "a".repeat(65) }, "dedupeKey"],
    [{ delayMs: -1 }, "delayMs"],
    [{ delayMs: 0.5 }, "delayMs"],
    [{ delayMs: 86_400_001 }, "delayMs"],
    [{ priority: 1 } as object, "unknown field"],
  ])("refuses %j", (options, field) => {
    expect(() => toJobOptions(defaultTiming, options)).toThrow(`the options of a job are refused: ${field}`);
  });
});
