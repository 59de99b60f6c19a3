import { platformNamed } from "@xueshi/platforms";
import { describe, expect, it } from "vitest";
import { overlapBoundsOf, overlapFrom, overlapStartMs, withOverlap } from "./overlap.ts";
import { smallCity } from "./testing/city-listing.ts";
import { startPosition } from "./update-time-page.ts";

const at = (text: string) => Date.parse(`${text}+08:00`);
const city = smallCity({ overlapSeconds: 60, overlapSecondsMax: 3_600 });
const byEpoch = { ...city.platform, mapping: { ...city.platform.mapping, updateTimeForm: "epoch_ms" as const } };

describe("the overlap of a pull", () => {
  it("is counted from the stored position, and from none in a first pull", () => {
    const stored = { updatedFrom: "2020-01-01 10:00:00.250" };
    expect(overlapFrom(city.platform, stored)).toEqual({
      bounds: { secondsMin: 60, secondsMax: 3_600 },
      positionMs: at("2020-01-01T10:00:00.250"),
    });
    for (const cursor of [null, { cursor: "c" }, { files: {} }, { updatedFrom: "soon" }, { staged: null }]) {
      expect(overlapFrom(city.platform, cursor)).toBeNull();
    }
  });

  it("reads the time of a staging table to the millisecond", () => {
    const position = (time: string) => overlapFrom(city.platform, { staged: { time, id: "7" } })?.positionMs;
    expect(position("2020-01-01 10:00:00.123456")).toBe(at("2020-01-01T10:00:00.123"));
    expect(position("2020-01-01 10:00:00")).toBe(at("2020-01-01T10:00:00"));
    expect(position("1577844000123")).toBe(1_577_844_000_123);
  });

  it.each([
    ["texts of seconds", city.platform, "2020-01-01 10:00:00.250"],
    ["milliseconds", byEpoch, "1577844000250"],
  ])("begins, with update times as %s, where the engine begins to read", (_form, platform, updatedFrom) => {
    for (const seconds of [0, 1, 60, 3_600]) {
      const overlap = overlapFrom(platform, { updatedFrom });
      if (overlap === null) throw new Error("The position is read.");
      const paging = { ...city.paging, overlapSeconds: seconds };
      expect(overlapStartMs(platform, overlap, seconds)).toBe(startPosition(platform, paging, updatedFrom).ms);
    }
  });

  it("exists only where a pull begins before the last one's end", () => {
    const bounds = ["quzhou-city", "zj-industry", "zj-natural-resources"].map((name) => {
      const platform = platformNamed(name);
      return platform === null ? undefined : overlapBoundsOf(platform);
    });
    expect(bounds).toEqual([{ secondsMin: 120, secondsMax: 604_800 }, null, null]);
    expect(withOverlap(city.platform, 7).connection).toMatchObject({ paging: { overlapSeconds: 7 } });
  });
});
