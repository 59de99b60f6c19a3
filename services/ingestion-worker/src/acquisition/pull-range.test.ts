import { platformNamed } from "@xueshi/platforms";
import { describe, expect, it } from "vitest";
import { canReadRange, countRange, type DayRange, instantsOf, pullRange, rangeStart } from "./pull-range.ts";
import { cityRow, smallCity } from "./testing/city-listing.ts";
import { startCityServer } from "./testing/city-server.ts";
import { collectPull, createTestContext } from "./testing/test-context.ts";

const DAY_SECONDS = 86_400;
const days = (fromDay: string, untilDay: string) => ({ fromDay, untilDay }) as DayRange;
const city = smallCity({ overlapSeconds: 120 });
const rows = Array.from({ length: 40 }, (_, nth) => cityRow(`Q${nth}`, (nth * DAY_SECONDS) / 4));

function named(name: string) {
  const platform = platformNamed(name);
  if (platform === null) throw new Error(`${name} is not configured.`);
  return platform;
}

describe("a range of a listing by update time", () => {
  const range = days("2020-01-03", "2020-01-05");

  it("is read from its first instant, without the overlap, to its last", async () => {
    const server = await startCityServer(city, rows);
    const start = rangeStart(city.platform, range, { updatedFrom: "2026-01-01 00:00:00" });
    expect(start).toEqual({ updatedFrom: "2020-01-03 00:00:00" });
    const { untilMs } = instantsOf(range);
    const pulled = await collectPull(pullRange(city.platform, server.session, start, untilMs, createTestContext()));
    const times = pulled.rows.map((row) => (row as { UpdateTime: string }).UpdateTime);
    expect(pulled.end.outcome).toBe("complete");
    expect(times.filter((time) => time < "2020-01-06")).toEqual(
      rows.map((row) => row.UpdateTime).filter((time) => time >= "2020-01-03" && time < "2020-01-06"),
    );
    // What else came shared a page with the range's last rows.
    expect(times.length).toBeLessThanOrEqual(12 + 3);
    expect(server.queries()[0]).toMatchObject({ updatedFrom: "2020-01-03 00:00:00" });
  });

  it("is counted by the platform's own totals", async () => {
    const server = await startCityServer(city, rows);
    const count = (of: DayRange) => countRange(city.platform, server.session, of, createTestContext());
    expect(await count(range)).toBe(12);
    expect(await count(days("2019-01-01", "2029-01-01"))).toBe(40);
    expect(await count(days("2029-01-01", "2029-01-01"))).toBe(0);
    expect(server.queries().every((query) => query.pageSize === "1")).toBe(true);
  });

  it("has no number where the platform gives none", async () => {
    const server = await startCityServer(city, rows, (request) =>
      request.path === "/api/credit/list" ? { code: 0, data: { list: [] } } : undefined,
    );
    expect(await countRange(city.platform, server.session, range, createTestContext())).toBeNull();
  });
});

it("takes the files of the range's months as if they had not come, and leaves the others", () => {
  const names = ["export-202001.csv", "export-202002.csv", "export-202003.csv", "2020-02.csv", "notes.csv"];
  const files = Object.fromEntries(names.map((name) => [name, "aa"]));
  const start = rangeStart(named("zj-natural-resources"), days("2020-02-29", "2020-03-01"), { files });
  expect(start).toEqual({ files: { "export-202001.csv": "aa", "notes.csv": "aa" } });
});

it("cannot read a range behind an opaque cursor", () => {
  expect(["quzhou-city", "zj-industry", "zj-natural-resources"].map((name) => canReadRange(named(name)))).toEqual([
    true,
    false,
    true,
  ]);
  expect(rangeStart(named("zj-industry"), days("2020-01-01", "2020-01-02"), { cursor: "c7" })).toBeNull();
});
