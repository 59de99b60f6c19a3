import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultKind } from "./faults.ts";
import { cityRows, writeSmallFeed } from "./small-feed.ts";
import { type Simulators, simulatorSecrets, startSimulators } from "./start-simulators.ts";

type List = { code: number; msg?: string; data?: { total: number; list: Record<string, unknown>[] } };

let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let simulators: Simulators;
let token = "";

beforeEach(async () => {
  feed = await writeSmallFeed();
  simulators = await startSimulators({ feedsDir: feed.feedsDir });
  const body = JSON.stringify(simulatorSecrets.quzhouCity);
  const response = await fetch(`${simulators.quzhouCity.url}/api/login`, { method: "POST", body });
  token = ((await response.json()) as { data: { token: string } }).data.token;
});

afterEach(async () => {
  await simulators.close();
  await feed.remove();
});

function get(pageIndex = 1, pageSize = 10, signal: AbortSignal | null = null): Promise<Response> {
  const query = `updatedFrom=2020-01-01%2000:00:00&pageIndex=${pageIndex}&pageSize=${pageSize}`;
  return fetch(`${simulators.quzhouCity.url}/api/credit/list?${query}`, { headers: { Token: token }, signal });
}

async function list(pageIndex = 1, pageSize = 10): Promise<List> {
  return (await (await get(pageIndex, pageSize)).json()) as List;
}

function arm(kind: FaultKind, more: { afterRequests?: number; count?: number; rowsMax?: number } = {}): void {
  simulators.setFault({ platform: "quzhou-city", kind, ...more });
}

function fired(kind: FaultKind): number {
  return simulators.counters["quzhou-city"].faultsFired[kind] ?? 0;
}

async function expectWholeAgain(kind: FaultKind): Promise<void> {
  expect(fired(kind)).toBe(1);
  expect((await list()).data?.list).toEqual(cityRows);
  expect(fired(kind)).toBe(1);
}

describe("answers that say they failed", () => {
  test("status strikes after the requests it lets pass, as often as told", async () => {
    arm("status", { afterRequests: 1, count: 2 });
    const statuses = [await get(), await get(), await get(), await get()].map((response) => response.status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect(fired("status")).toBe(2);
    expect(simulators.counters["quzhou-city"]).toMatchObject({ pages: 2, rowsServed: 20 });
  });

  test("ok_with_error is HTTP 200 without data", async () => {
    arm("ok_with_error");
    const response = await get();
    expect([response.status, await response.json()]).toEqual([200, { code: 500, msg: "system busy" }]);
    await expectWholeAgain("ok_with_error");
  });

  test("not_auth is what an expired login answers", async () => {
    arm("not_auth");
    expect(await list()).toEqual({ code: -2, msg: "not_auth" });
    await expectWholeAgain("not_auth");
  });
});

describe("broken connections", () => {
  test("disconnect and half_body fail in the client", async () => {
    arm("disconnect");
    await expect(get()).rejects.toThrow();
    arm("half_body");
    await expect(get().then((response) => response.text())).rejects.toThrow();
    expect(fired("disconnect")).toBe(1);
    await expectWholeAgain("half_body");
  });

  test("hang never answers, and close() ends it", async () => {
    arm("hang");
    const hanging = get().then(
      () => "answered",
      () => "ended",
    );
    await expect.poll(() => fired("hang")).toBe(1);
    await simulators.close();
    expect(await hanging).toBe("ended");
  });

  test("slow answers whole", async () => {
    simulators.setFault({ platform: "quzhou-city", kind: "slow", delayMs: 5 });
    expect((await list()).data?.list).toEqual(cityRows);
    await expectWholeAgain("slow");
  });
});

describe("answers that look right", () => {
  test("short_list keeps the last 8 rows and the total", async () => {
    arm("short_list");
    expect((await list()).data).toEqual({ total: 10, list: cityRows.slice(2) });
    await expectWholeAgain("short_list");
  });

  test("short_list waits for a page that it can shorten", async () => {
    arm("short_list", { rowsMax: 4 });
    expect((await list(1, 4)).data?.list).toEqual(cityRows.slice(0, 4));
    expect(fired("short_list")).toBe(0);
    expect((await list(1, 5)).data?.list).toEqual(cityRows.slice(1, 5));
    await expectWholeAgain("short_list");
  });

  test("empty_list says that there is nothing", async () => {
    arm("empty_list");
    expect(await list()).toEqual({ code: 0, data: { total: 0, list: [] } });
    await expectWholeAgain("empty_list");
  });

  test("duplicate_page waits for a page before it", async () => {
    arm("duplicate_page");
    expect((await list(1, 4)).data?.list).toEqual(cityRows.slice(0, 4));
    expect((await list(2, 4)).data?.list).toEqual(cityRows.slice(0, 4));
    await expectWholeAgain("duplicate_page");
  });

  test("schema_drift renames the hours", async () => {
    arm("schema_drift");
    const rows = (await list()).data?.list ?? [];
    expect(rows.map((row) => [row.Credit, row.CreditNew])).toEqual(cityRows.map((row) => [undefined, row.Credit]));
    await expectWholeAgain("schema_drift");
  });
});

test("a fault strikes only its own route, and clearFaults disarms", async () => {
  simulators.setFault({ platform: "quzhou-city", kind: "status", route: "categories" });
  simulators.setFault({ platform: "zj-industry", kind: "status" });
  expect((await get()).status).toBe(200);
  const categories = `${simulators.quzhouCity.url}/api/category/list`;
  expect((await fetch(categories, { headers: { Token: token } })).status).toBe(500);
  arm("status");
  simulators.clearFaults();
  expect((await get()).status).toBe(200);
});
