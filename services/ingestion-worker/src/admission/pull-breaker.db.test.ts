import { readAbandonedPlatforms } from "@xueshi/database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cityRow, smallCity } from "../acquisition/testing/city-listing.ts";
import { type CityFault, startCityServer } from "../acquisition/testing/city-server.ts";
import { openTestIngestion, type TestIngestion } from "./testing/test-ingestion.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let ingestion: TestIngestion;
let tests = 0;

beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());
beforeEach(() => {
  tests += 1;
  ingestion.state.nowMs += 24 * HOUR_MS;
});

interface Breaker {
  readonly state: string;
  readonly failuresInARow: number;
  readonly retryAt: string | null;
  readonly lastReason: string | null;
}

async function start(fault: CityFault) {
  const city = smallCity({}, { catalogue: null, retry: { attemptsMax: 1, delayMsFirst: 1, delayMsMax: 1 } });
  const platform = { ...city.platform, name: `breaker-${tests}` };
  const server = await startCityServer(city, [cityRow("A", 0)], (request, listing) => fault(request, listing));
  ingestion.use([platform], server.url);
  const breaker = async () => {
    const { json } = await ingestion.call("GET", `/v1/platforms/${platform.name}`);
    return (json as { breaker: Breaker }).breaker;
  };
  /** A hint of the schedule, so many minutes later; whether the platform was asked. */
  const hintAfter = async (minutes: number) => {
    ingestion.state.nowMs += minutes * MINUTE_MS;
    const before = (await ingestion.pulls(platform)).length;
    await ingestion.hint(platform);
    return (await ingestion.pulls(platform)).length > before;
  };
  const waitMinutes = async () => {
    const { retryAt } = await breaker();
    return retryAt === null ? null : (Date.parse(retryAt) - ingestion.state.nowMs) / MINUTE_MS;
  };
  return { platform, breaker, hintAfter, waitMinutes, pull: () => ingestion.pull(platform) };
}

const down =
  (isDown: () => boolean, answer: (request: Parameters<CityFault>[0]) => unknown = () => ({ code: 500 })): CityFault =>
  (request) =>
    isDown() && request.path === "/api/credit/list" ? answer(request) : undefined;

describe("the breaker of a platform", () => {
  it("lets pulls on schedule wait from the third failure on, is half open after that, and closes by success", async () => {
    let isDown = true;
    const { breaker, hintAfter, waitMinutes } = await start(down(() => isDown));
    expect(await hintAfter(0)).toBe(true);
    expect(await breaker()).toMatchObject({ state: "closed", failuresInARow: 1, lastReason: "error_body" });
    expect(await hintAfter(2)).toBe(true);
    expect(await hintAfter(2)).toBe(true);
    expect(await breaker()).toMatchObject({ state: "open", failuresInARow: 3 });
    const wait = (await waitMinutes()) ?? Number.NaN;
    expect(wait).toBeGreaterThanOrEqual(5);
    expect(wait).toBeLessThanOrEqual(6);
    expect(await hintAfter(4)).toBe(false);
    ingestion.state.nowMs += 2 * MINUTE_MS;
    expect((await breaker()).state).toBe("half_open");
    expect(await hintAfter(0)).toBe(true);
    expect(await breaker()).toMatchObject({ state: "open", failuresInARow: 4 });
    expect((await waitMinutes()) ?? Number.NaN).toBeGreaterThanOrEqual(10);
    isDown = false;
    expect(await hintAfter(13)).toBe(true);
    expect(await breaker()).toEqual({ state: "closed", failuresInARow: 0, retryAt: null, lastReason: null });
  });

  it("never stops a pull on demand, which closes it", async () => {
    let isDown = true;
    const { breaker, hintAfter, pull } = await start(down(() => isDown));
    for (let nth = 0; nth < 3; nth += 1) expect(await pull()).toMatchObject({ state: "failed" });
    expect((await breaker()).state).toBe("open");
    expect(await hintAfter(2)).toBe(false);
    isDown = false;
    expect(await pull()).toMatchObject({ state: "complete", requestedBy: "operator-1" });
    expect((await breaker()).state).toBe("closed");
    expect(await hintAfter(2)).toBe(true);
  });

  it("opens at once when the login is refused: at most one try an hour on schedule", async () => {
    const refused: CityFault = (request) => (request.path === "/api/login" ? { code: -2, msg: "not_auth" } : undefined);
    const { breaker, hintAfter } = await start(refused);
    expect(await hintAfter(0)).toBe(true);
    expect(await breaker()).toMatchObject({ state: "open", failuresInARow: 1, lastReason: "login_refused" });
    const asked = [];
    for (let minutes = 10; minutes <= 240; minutes += 10) asked.push(await hintAfter(10));
    expect(asked.filter(Boolean).length).toBeGreaterThanOrEqual(2);
    expect(asked.filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it("waits as long as the platform asks for in Retry-After", async () => {
    const busy = down(
      () => true,
      ({ response }) => {
        response.writeHead(503, { "retry-after": "7200" }).end("{}");
        return null;
      },
    );
    const { breaker, hintAfter, waitMinutes } = await start(busy);
    expect(await hintAfter(0)).toBe(true);
    expect(await waitMinutes()).toBe(120);
    expect(await breaker()).toMatchObject({ state: "open", failuresInARow: 1, lastReason: "http_status" });
    expect(await hintAfter(119)).toBe(false);
    expect(await hintAfter(1)).toBe(true);
  });

  it("of one platform says nothing about another", async () => {
    const { platform, pull } = await start(down(() => true));
    for (let nth = 0; nth < 3; nth += 1) await pull();
    const other = { ...platform, name: `${platform.name}-other` };
    ingestion.use([platform, other], "http://127.0.0.1:9");
    const { json } = await ingestion.call("GET", "/v1/platforms");
    const { platforms } = json as { platforms: { platform: string; breaker: Breaker }[] };
    expect(platforms.map((one) => [one.platform, one.breaker.state])).toEqual([
      [platform.name, "open"],
      [other.name, "closed"],
    ]);
  });
});

describe("a pull that throws what no pull should throw", () => {
  it("ends, is counted against its platform, and leaves nothing that would be started again and again", async () => {
    const { platform, breaker, pull } = await start(() => undefined);
    const { vault } = ingestion.context;
    const sealPage = () => {
      throw new Error("the disk is full");
    };
    Object.assign(ingestion.context, { vault: { ...vault, sealPage } });
    for (let nth = 0; nth < 3; nth += 1) {
      expect(await pull()).toMatchObject({ state: "failed", error: { code: "internal_error" } });
    }
    Object.assign(ingestion.context, { vault });
    expect(await breaker()).toMatchObject({ state: "open", failuresInARow: 3, lastReason: "internal_error" });
    expect(await readAbandonedPlatforms(ingestion.context.sql)).toEqual([]);
    expect(await ingestion.pulls(platform)).toHaveLength(3);
    expect(await pull()).toMatchObject({ state: "complete", rows: 1 });
  });

  it("is left to the next one while the database is gone", async () => {
    const { platform, breaker, pull } = await start(() => undefined);
    const { vault } = ingestion.context;
    const sealPage = () => {
      throw Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
    };
    Object.assign(ingestion.context, { vault: { ...vault, sealPage } });
    await expect(pull()).rejects.toThrow("gone");
    Object.assign(ingestion.context, { vault });
    expect(await readAbandonedPlatforms(ingestion.context.sql)).toEqual([platform.name]);
    expect(await ingestion.run(platform)).toBe("complete");
    expect(await breaker()).toMatchObject({ state: "closed", failuresInARow: 0 });
  });

  it("does not come of a total that no list can have", async () => {
    const { pull } = await start(
      down(
        () => true,
        () => ({ code: 0, data: { total: 3_000_000_000, list: [cityRow("A", 0)] } }),
      ),
    );
    expect(await pull()).toMatchObject({ state: "failed", error: { code: "body_invalid" } });
  });
});

describe("a platform's health", () => {
  it("shows its last success, its rows of the last days, and 404 for one that is not there", async () => {
    const { platform, pull } = await start(() => undefined);
    await pull();
    const { json } = await ingestion.call("GET", `/v1/platforms/${platform.name}`);
    expect(json).toMatchObject({
      platform: platform.name,
      lastSuccessAt: expect.stringMatching(/\+08:00$/),
      latenessP99Seconds: null,
      rowsPerDay: [{ day: expect.stringMatching(/^2026-/), rows: 1 }],
      schedule: { cron: "10 * * * *", timeZone: "Asia/Shanghai" },
      expectations: { vanishedShareMax: 0.2, dropShareMax: 0.5, missingRowsMin: 5 },
      lateness: [],
    });
    expect(await ingestion.call("GET", "/v1/platforms/nowhere")).toMatchObject({
      status: 404,
      json: { code: "platform_not_found" },
    });
  });
});
