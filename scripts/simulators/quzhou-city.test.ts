import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cityRows, writeSmallFeed } from "./small-feed.ts";
import { type SimulatorOptions, type Simulators, simulatorSecrets, startSimulators } from "./start-simulators.ts";

type Answer = { code: number; msg?: string; data?: { total: number; list: Record<string, unknown>[] } };

const NOT_AUTH = { code: -2, msg: "not_auth" };
let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let simulators: Simulators | null = null;

beforeEach(async () => {
  feed = await writeSmallFeed();
});

afterEach(async () => {
  await simulators?.close();
  simulators = null;
  await feed.remove();
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulators> {
  simulators = await startSimulators({ feedsDir: feed.feedsDir, ...options });
  return simulators;
}

async function postLogin(url: string, body: unknown): Promise<{ code: number; data?: { token: string } }> {
  const response = await fetch(`${url}/api/login`, { method: "POST", body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as { code: number; data?: { token: string } };
}

async function login(url: string): Promise<string> {
  const answer = await postLogin(url, simulatorSecrets.quzhouCity);
  expect(answer.code).toBe(0);
  return answer.data?.token ?? "";
}

async function list(url: string, token: string, query: Record<string, string | number>): Promise<Answer> {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const response = await fetch(`${url}/api/credit/list?${search}`, { headers: { Token: token } });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

async function ids(url: string, token: string, query: Record<string, string | number>): Promise<unknown[]> {
  const answer = await list(url, token, { updatedFrom: "2020-01-01 00:00:00", ...query });
  return answer.data?.list.map((row) => row.Id) ?? [];
}

const fileOrder = cityRows.map((row) => row.Id);

describe("login", () => {
  test("a token lives 1,800 seconds and then answers not_auth with HTTP 200", async () => {
    let nowMs = 1_600_000_000_000;
    const { quzhouCity, counters } = await start({ clock: () => nowMs });
    expect(await postLogin(quzhouCity.url, simulatorSecrets.quzhouCity)).toMatchObject({ data: { expiresIn: 1_800 } });
    const token = await login(quzhouCity.url);
    nowMs += 1_799_999;
    expect(await ids(quzhouCity.url, token, {})).toEqual(fileOrder);
    nowMs += 1;
    expect(await list(quzhouCity.url, token, { updatedFrom: "2020-01-01 00:00:00" })).toEqual(NOT_AUTH);
    expect(counters["quzhou-city"]).toMatchObject({ logins: 2, expired: 1, unauthorised: 0, pages: 1 });
  });

  test("a wrong secret, a wrong token and no token are not_auth", async () => {
    const { quzhouCity, counters } = await start();
    expect(await postLogin(quzhouCity.url, { appId: "xueshi-demo", secret: "guess" })).toEqual(NOT_AUTH);
    expect(await list(quzhouCity.url, "guess", { updatedFrom: "2020-01-01 00:00:00" })).toEqual(NOT_AUTH);
    const response = await fetch(`${quzhouCity.url}/api/category/list`);
    expect(await response.json()).toEqual(NOT_AUTH);
    expect(counters["quzhou-city"]).toMatchObject({ logins: 0, loginsRefused: 1, unauthorised: 2, rowsServed: 0 });
  });

  test("a token can be used up by requests, or ended for all", async () => {
    const { quzhouCity, counters } = await start({ tokenRequestsMax: 2 });
    const token = await login(quzhouCity.url);
    for (let page = 1; page <= 2; page += 1) expect(await ids(quzhouCity.url, token, {})).toHaveLength(10);
    expect(await list(quzhouCity.url, token, { updatedFrom: "2020-01-01 00:00:00" })).toEqual(NOT_AUTH);
    const another = await login(quzhouCity.url);
    quzhouCity.expireTokens();
    expect(await list(quzhouCity.url, another, { updatedFrom: "2020-01-01 00:00:00" })).toEqual(NOT_AUTH);
    expect(counters["quzhou-city"].expired).toBe(2);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", '"secret"'],
    ["too long", JSON.stringify({ ...simulatorSecrets.quzhouCity, padding: "x".repeat(16_384) })],
  ])("a login body that is %s is a bad request", async (_what, body) => {
    const { quzhouCity } = await start();
    const response = await fetch(`${quzhouCity.url}/api/login`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ code: 400 });
  });
});

describe("list", () => {
  test("rows come in update-time order, ties in file order, from updatedFrom inclusive", async () => {
    const { quzhouCity } = await start();
    const token = await login(quzhouCity.url);
    expect(await ids(quzhouCity.url, token, {})).toEqual(fileOrder);
    const tied = await list(quzhouCity.url, token, { updatedFrom: "2020-03-01 08:00:03", pageSize: 2 });
    expect(tied.data?.total).toBe(7);
    expect(tied.data?.list).toEqual(cityRows.slice(3, 5));
    const later = await list(quzhouCity.url, token, { updatedFrom: "2020-03-01 08:00:04" });
    expect(later.data?.total).toBe(4);
    const none = await list(quzhouCity.url, token, { updatedFrom: "2020-03-01 08:00:10" });
    expect(none).toEqual({ code: 0, data: { total: 0, list: [] } });
  });

  test("an unsorted feed is served sorted, ties in file order", async () => {
    const rows = [cityRows[9], cityRows[3], cityRows[5], cityRows[0]];
    await writeFile(join(feed.feedsDir, "quzhou-city.jsonl"), rows.map((row) => JSON.stringify(row)).join("\r\n"));
    const { quzhouCity } = await start();
    const token = await login(quzhouCity.url);
    expect(await ids(quzhouCity.url, token, {})).toEqual(["QZ1", "QZ9", "QZ8", "QZ10"]);
  });

  test("pages do not overlap, and past the end there is nothing", async () => {
    const { quzhouCity, counters } = await start();
    const token = await login(quzhouCity.url);
    const asked = [1, 2, 3, 4].map((pageIndex) => ids(quzhouCity.url, token, { pageIndex, pageSize: 4 }));
    const pages = await Promise.all(asked);
    expect(pages.map((page) => page.length)).toEqual([4, 4, 2, 0]);
    expect(pages.flat()).toEqual(fileOrder);
    expect(counters["quzhou-city"]).toMatchObject({ pages: 4, rowsServed: 10 });
  });

  test("pageRowsMax limits a page whatever is asked, and pages still follow each other", async () => {
    const { quzhouCity } = await start({ pageRowsMax: 7 });
    const token = await login(quzhouCity.url);
    const first = await list(quzhouCity.url, token, { updatedFrom: "2020-01-01 00:00:00", pageSize: 100 });
    expect(first.data?.total).toBe(10);
    expect(first.data?.list).toEqual(cityRows.slice(0, 7));
    expect(await ids(quzhouCity.url, token, { pageIndex: 2, pageSize: 100 })).toEqual(fileOrder.slice(7));
  });

  test.each([
    [{}],
    [{ updatedFrom: "2020-01-01" }],
    [{ updatedFrom: "2020-02-30 00:00:00" }],
    [{ updatedFrom: "2020-01-01 00:00:00", pageIndex: 0 }],
    [{ updatedFrom: "2020-01-01 00:00:00", pageSize: "many" }],
  ])("bad parameters %j answer code 400", async (query) => {
    const { quzhouCity, counters } = await start();
    const token = await login(quzhouCity.url);
    const answer = await list(quzhouCity.url, token, query);
    expect(answer).toEqual({ code: 400, msg: expect.any(String) });
    expect(counters["quzhou-city"]).toMatchObject({ badRequests: 1, pages: 0 });
  });

  test("the categories are those of the feed", async () => {
    const { quzhouCity } = await start();
    const headers = { Token: await login(quzhouCity.url) };
    const answer = await (await fetch(`${quzhouCity.url}/api/category/list`, { headers })).json();
    const data = [{ CategoryId: 101, CategoryName: "专业课程（网络）", ClassTypeId: 3 }];
    expect(answer).toEqual({ code: 0, data });
  });
});

describe("rows that change", () => {
  test("a row touched while a client pages moves to the end, so the next page skips another row", async () => {
    const { quzhouCity, touch, onPage, counters } = await start();
    const token = await login(quzhouCity.url);
    const stop = onPage(({ pages }) => {
      if (pages === 1) touch({ platform: "quzhou-city", id: "QZ2", changes: { Credit: 6 } });
    });
    const first = await ids(quzhouCity.url, token, { pageIndex: 1, pageSize: 5 });
    const second = await ids(quzhouCity.url, token, { pageIndex: 2, pageSize: 5 });
    stop();
    expect(first).toEqual(fileOrder.slice(0, 5));
    expect(second).toEqual([...fileOrder.slice(6), "QZ2"]);
    const last = await list(quzhouCity.url, token, { updatedFrom: "2020-03-01 08:00:10" });
    expect(last.data?.list).toEqual([{ ...cityRows[1], Credit: 6, UpdateTime: "2020-03-01 08:00:10" }]);
    expect(counters["quzhou-city"].rowsTouched).toBe(1);
  });

  test("appended rows take their place by update time, after those that share it", async () => {
    const { quzhouCity, append } = await start();
    const token = await login(quzhouCity.url);
    append("quzhou-city", [
      { Id: "QZ11", UpdateTime: "2020-03-01 08:00:03" },
      { Id: "QZ12", UpdateTime: "2020-03-01 08:00:09" },
      { Id: "QZ13" },
    ]);
    const expected = [...fileOrder.slice(0, 6), "QZ11", ...fileOrder.slice(6), "QZ12", "QZ13"];
    expect(await ids(quzhouCity.url, token, {})).toEqual(expected);
    expect(quzhouCity.rowCount()).toBe(13);
  });

  test("touching a row that is not there is an error", async () => {
    const { touch } = await start();
    expect(() => touch({ platform: "quzhou-city", id: "QZ99" })).toThrow("QZ99");
  });
});

test("the public feed comes through byte for byte, 999 rows a page", async () => {
  const feedsDir = join(import.meta.dirname, "../../tests/feeds/public");
  const { quzhouCity } = await start({ feedsDir });
  const token = await login(quzhouCity.url);
  const bodies: string[] = [];
  for (let pageIndex = 1; pageIndex <= 3; pageIndex += 1) {
    const query = `updatedFrom=2000-01-01%2000:00:00&pageIndex=${pageIndex}&pageSize=999`;
    const response = await fetch(`${quzhouCity.url}/api/credit/list?${query}`, { headers: { Token: token } });
    const body = await response.text();
    bodies.push(body.slice(body.indexOf("[") + 1, body.lastIndexOf("]")));
  }
  const text = await readFile(join(feedsDir, "quzhou-city.jsonl"), "utf8");
  expect(bodies.join(",") === text.trimEnd().split("\n").join(",")).toBe(true);
});
