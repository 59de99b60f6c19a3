import { describe, expect, it } from "vitest";
import { AnswerWatch } from "./answer-watch.ts";

const NOW_MS = Date.parse("2026-11-01T00:00:00Z");
const seen = (headers: Readonly<Record<string, string>>, status = 200, tookMs = 100) => ({
  status,
  headers: new Headers(headers),
  askedAtMs: NOW_MS,
  answeredAtMs: NOW_MS + tookMs,
});
const at = (ms: number) => new Date(ms).toUTCString();

describe("the platform's clock", () => {
  it.each([
    ["ahead", 300_000],
    ["behind", -3_600_000],
    ["right", 0],
  ])("%s by %i ms is told within half a second", (_name, skewMs) => {
    const watch = new AnswerWatch();
    watch.see(seen({ date: at(NOW_MS + 50 + skewMs) }));
    expect(Math.abs((watch.clockSkewMs ?? Number.NaN) - skewMs)).toBeLessThanOrEqual(500);
  });

  it("is not known from an answer without a date, or one that took long; the last one counts", () => {
    const watch = new AnswerWatch();
    watch.see(seen({ date: "yesterday" }));
    watch.see(seen({ date: at(NOW_MS + 90_000) }, 200, 10_001));
    expect(watch.clockSkewMs).toBeNull();
    watch.see(seen({ date: at(NOW_MS) }, 200, 0));
    watch.see(seen({}));
    expect(watch.clockSkewMs).toBe(500);
  });
});

describe("Retry-After", () => {
  it.each([
    ["seconds", "120", 120_100],
    ["a date", at(NOW_MS + 60_000), 60_000],
    ["no time", "soon", null],
    ["a date that has passed", at(NOW_MS - 60_000), null],
  ])("in %s", (_form, text, afterMs) => {
    const watch = new AnswerWatch();
    watch.see(seen({ "retry-after": text }, 503));
    expect(watch.retryAfterMs(NOW_MS)).toBe(afterMs);
  });

  it("holds until an answer that does not ask for it", () => {
    const watch = new AnswerWatch();
    watch.see(seen({ "retry-after": "120" }, 429));
    watch.see(seen({ "retry-after": "120" }, 200));
    expect(watch.retryAfterMs(NOW_MS)).toBeNull();
  });
});
