import { getNextMillis } from "bullmq";
import { afterEach, describe, expect, test } from "vitest";

const DAY_MS = 86_400_000;
const zoneBefore = process.env.TZ;
const midnight = { pattern: "10 0 * * *", tz: "Asia/Shanghai" };

afterEach(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

describe.each(["UTC", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])("on a machine in %s", (zone) => {
  test("ten past midnight in Shanghai comes once a day, whatever summer time does there", () => {
    process.env.TZ = zone;
    const first = Date.parse("2026-01-01T16:10:00Z");
    let runMs: number | undefined = first - 1;
    for (let day = 0; day < 400; day += 1) {
      runMs = getNextMillis(runMs ?? 0, midnight) as number | undefined;
      expect(runMs).toBe(first + day * DAY_MS);
    }
  });
});
