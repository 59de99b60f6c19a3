import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { FILE_FAULT_KINDS } from "./file-faults.ts";
import { type MisbehaviourSettings, parseRates } from "./misbehaviour.ts";
import { closeServer, listen } from "./serve-platform.ts";
import { cityRows, industryRows, writeSmallFeed } from "./small-feed.ts";
import { type Simulators, simulatorSecrets, startSimulators } from "./start-simulators.ts";

let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let exportDir = "";
let simulators: Simulators;
let token = "";
let delaysMs: number[] = [];

beforeEach(async () => {
  feed = await writeSmallFeed();
  exportDir = await mkdtemp(join(tmpdir(), "xueshi-exports-"));
  delaysMs = [];
  const delay = (delayMs: number, then: () => void) => {
    delaysMs.push(delayMs);
    const waiting = setImmediate(then);
    return () => clearImmediate(waiting);
  };
  simulators = await startSimulators({ feedsDir: feed.feedsDir, exportDir, delay });
  const body = JSON.stringify(simulatorSecrets.quzhouCity);
  const response = await fetch(`${simulators.quzhouCity.url}/api/login`, { method: "POST", body });
  token = ((await response.json()) as { data: { token: string } }).data.token;
});

afterEach(async () => {
  await simulators.close();
  await feed.remove();
  await rm(exportDir, { recursive: true, force: true });
});

function city(pageSize = 10, pageIndex = 1): Promise<Response> {
  const query = `updatedFrom=2020-01-01%2000:00:00&pageIndex=${pageIndex}&pageSize=${pageSize}`;
  const headers = { Token: token };
  return fetch(`${simulators.quzhouCity.url}/api/credit/list?${query}`, { headers, redirect: "manual" });
}

function industry(limit = 10, cursor = ""): Promise<Response> {
  const path = `/open/hours?cursor=${cursor}&limit=${limit}`;
  const { appKey, secret } = simulatorSecrets.zjIndustry;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const sign = createHmac("sha256", secret).update(`GET\n${path}\n${timestamp}`).digest("hex");
  const headers = { "X-App-Key": appKey, "X-Timestamp": timestamp, "X-Sign": sign };
  return fetch(simulators.zjIndustry.url + path, { headers, redirect: "manual" });
}

function arm(kind: FaultKind, more: object = {}): void {
  simulators.setFault({ platform: "quzhou-city", kind, ...more });
}

const fired = (kind: FaultKind) => simulators.counters["quzhou-city"].faultsFired[kind] ?? 0;
const listOf = async (response: Response) =>
  ((await response.json()) as { data: { total: number; list: { Id: string }[] } }).data;

describe("one answer that goes wrong", () => {
  test("a body that ends early is whole for HTTP and no JSON", async () => {
    arm("cut_body");
    const text = await (await city()).text();
    expect(() => JSON.parse(text)).toThrow();
    expect(text.length).toBeGreaterThan(10);
    expect(fired("cut_body")).toBe(1);
  });

  test("a connection that is reset in the middle of the body fails in the client", async () => {
    arm("reset");
    await expect(city().then((response) => response.text())).rejects.toThrow();
    expect(fired("reset")).toBe(1);
  });

  test("503 says when to come again", async () => {
    arm("status", { statusCode: 503, retryAfterSeconds: 3 });
    const response = await city();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "3"]);
  });

  test("a redirect leads to another host, and nowhere by itself", async () => {
    let visitors = 0;
    const elsewhere = createServer((_request, response) => {
      visitors += 1;
      response.end();
    });
    const url = await listen(elsewhere, "127.0.0.1", 0);
    arm("redirect", { location: url });
    const response = await city();
    expect([response.status, response.headers.get("location"), visitors]).toEqual([302, url, 0]);
    await closeServer(elsewhere);
  });

  test("wrong encoding is GB18030 under the name of UTF-8", async () => {
    simulators.setFault({ platform: "zj-industry", kind: "wrong_encoding" });
    const response = await industry();
    expect(response.headers.get("content-type")).toContain("utf-8");
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow();
    expect((JSON.parse(iconv.decode(bytes, "gb18030")) as { rows: unknown }).rows).toEqual(industryRows);
  });

  test("a wrong clock refuses the signature and shows itself in the date", async () => {
    simulators.setFault({ platform: "zj-industry", kind: "clock_skew" });
    const response = await industry();
    expect(response.status).toBe(401);
    expect(Date.parse(response.headers.get("date") ?? "") - Date.now()).toBeGreaterThan(3_000_000);
    expect((await industry()).status).toBe(200);
  });

  test("half a page has its first rows, the right total and no more", async () => {
    arm("half_page");
    expect(await listOf(await city())).toEqual({ total: 10, list: cityRows.slice(0, 5) });
    expect(fired("half_page")).toBe(1);
  });

  test("reordered rows are the same rows in another order", async () => {
    arm("reordered_rows", { salt: 5 });
    const { list } = await listOf(await city());
    expect(list).not.toEqual(cityRows);
    expect(list.map(({ Id }) => Id).toSorted()).toEqual(cityRows.map(({ Id }) => Id).toSorted());
  });

  test("total rows stand among the others, and push out no row for good", async () => {
    simulators.setFault({ platform: "zj-industry", kind: "total_rows", salt: 1 });
    type Page = { rows: { zgcId: string; type?: string; userName?: string }[]; nextCursor: string; hasMore: boolean };
    const first = (await (await industry(3)).json()) as Page;
    expect(first.rows.map(({ type }) => type === "0")).toEqual([false, true, false]);
    expect(first.rows[1]).toMatchObject({ userName: "合计", title: "总学时" });
    const next = (await (await industry(10, first.nextCursor)).json()) as Page;
    const ids = [...first.rows.filter(({ type }) => type !== "0"), ...next.rows];
    expect(ids.map(({ zgcId }) => zgcId)).toEqual(industryRows.map(({ zgcId }) => zgcId));
  });

  test("the salt chooses the field that has another name", async () => {
    const fields = new Set<string>();
    for (let salt = 0; salt < 9; salt += 1) {
      arm("schema_drift", { salt });
      const { list } = await listOf(await city());
      for (const key of Object.keys(list[0] ?? {})) if (key.endsWith("New")) fields.add(key);
    }
    expect(fields).toEqual(new Set(["CreditNew", "StatusNew", "IdCardNew", "UpdateTimeNew", "IdNew"]));
  });

  test("what cannot happen to a route is refused", () => {
    expect(() => arm("total_rows")).toThrow("cannot happen to rows of quzhou-city");
    expect(() => arm("short_list", { route: "login" })).toThrow("cannot happen to login");
  });
});

describe("misbehaviour drawn from a seed", () => {
  const rates = parseRates("all=0.4,hang=0");

  async function course(settings: MisbehaviourSettings): Promise<unknown> {
    // The page before the first one is the same too.
    await Promise.all([city(4), industry(4)]);
    await simulators.misbehave(settings);
    const seen: unknown[] = [];
    for (let nth = 0; nth < 40; nth += 1) {
      const answered = async (asked: Promise<Response>) => {
        const response = await asked;
        return [response.status, Buffer.from(await response.arrayBuffer()).toString("base64")];
      };
      seen.push(await answered(city(4, 1 + (nth % 2))).catch(() => "broken"));
      seen.push(await answered(industry(4)).catch(() => "broken"));
    }
    await simulators.behave();
    return seen;
  }

  test("is the same for the same seed and requests, and another for another seed", async () => {
    const first = await course({ seed: 7, rates });
    expect(await course({ seed: 7, rates })).toEqual(first);
    expect(await course({ seed: 8, rates })).not.toEqual(first);
  });

  test("strikes with every kind, and is counted", async () => {
    await course({ seed: 3, rates, shortListRows: 2, slowMsMax: 50 });
    const { counters } = simulators;
    const kinds = new Set(
      [counters["quzhou-city"], counters["zj-industry"]].flatMap((one) => Object.keys(one.faultsFired)),
    );
    expect(FAULT_KINDS.filter((kind) => !kinds.has(kind))).toEqual(["hang"]);
    expect(delaysMs.length).toBeGreaterThan(2);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(50);
  });

  test("ends when its strikes are used up", async () => {
    await course({ seed: 3, rates: { ok_with_error: 1, status: 1 }, strikesMax: 5 });
    const { counters } = simulators;
    const strikes = [counters["quzhou-city"], counters["zj-industry"]].flatMap((one) => Object.values(one.faultsFired));
    expect(strikes.reduce((sum, count) => sum + count, 0)).toBe(5);
    await course({ seed: 4, rates: { not_auth: 1, status: 1 }, strikesMaxOfKind: 1 });
    expect(fired("not_auth")).toBe(1);
  });

  test("of files is drawn at each delivery; afterwards everything is whole", async () => {
    const contents = async () => {
      const names = (await readdir(exportDir)).toSorted();
      return Promise.all(names.map(async (name) => [name, (await readFile(join(exportDir, name))).toString("base64")]));
    };
    const whole = await contents();
    await simulators.misbehave({ seed: 2, rates: parseRates("all=0.3") });
    const states = new Set([JSON.stringify(await contents())]);
    for (let nth = 0; nth < 20; nth += 1) {
      await simulators.redeliver();
      states.add(JSON.stringify(await contents()));
    }
    expect(states.size).toBeGreaterThan(10);
    const { faultsPlaced } = simulators.counters["zj-natural-resources"];
    expect(Object.keys(faultsPlaced).toSorted()).toEqual([...FILE_FAULT_KINDS].toSorted());
    await simulators.behave();
    expect(await contents()).toEqual(whole);
  });
});

test("rates are read from text", () => {
  expect(parseRates("status=0.5, half_page=1")).toEqual({ status: 0.5, half_page: 1 });
  expect(parseRates("all=0.1,hang=0")).toMatchObject({ status: 0.1, ok_missing: 0.1, hang: 0 });
  expect(() => parseRates("status=2")).toThrow("from 0 to 1");
  expect(() => parseRates("slowly=0.1")).toThrow("slowly is no misbehaviour");
});
