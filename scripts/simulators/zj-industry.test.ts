import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { industryRows, writeSmallFeed } from "./small-feed.ts";
import { type SimulatorOptions, type Simulators, simulatorSecrets, startSimulators } from "./start-simulators.ts";

type Answer = { success: boolean; rows?: Record<string, unknown>[]; nextCursor?: string; hasMore?: boolean };
type Signing = {
  sentMethod?: string;
  method?: string;
  appKey?: string;
  secret?: string;
  timestamp?: number;
  signedQuery?: string;
};

const NOW_MS = 1_600_000_000_000;
const { appKey, secret } = simulatorSecrets.zjIndustry;
let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let simulators: Simulators;

beforeEach(async () => {
  feed = await writeSmallFeed();
  await start();
});

afterEach(async () => {
  await simulators.close();
  await feed.remove();
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<void> {
  simulators = await startSimulators({ feedsDir: feed.feedsDir, clock: () => NOW_MS, ...options });
}

/** Signs what a client that sorts its keys would sign; `signing` makes it wrong. */
function get(query: string, signing: Signing = {}): Promise<Response> {
  const timestamp = String(signing.timestamp ?? NOW_MS / 1_000);
  const sorted = (signing.signedQuery ?? query).split("&").sort().join("&");
  const text = `${signing.method ?? "GET"}\n/open/hours?${sorted}\n${timestamp}`;
  const sign = createHmac("sha256", signing.secret ?? secret)
    .update(text)
    .digest("hex");
  const headers = { "X-App-Key": signing.appKey ?? appKey, "X-Timestamp": timestamp, "X-Sign": sign };
  return fetch(`${simulators.zjIndustry.url}/open/hours?${query}`, { method: signing.sentMethod ?? "GET", headers });
}

async function page(cursor: string, limit: number): Promise<Required<Answer>> {
  const response = await get(`cursor=${cursor}&limit=${limit}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Required<Answer>;
}

function idsOf(answer: Answer): unknown[] {
  return answer.rows?.map((row) => row.zgcId) ?? [];
}

describe("signature", () => {
  test("is taken over sorted keys, whatever their order in the URL", async () => {
    expect((await get("cursor=&limit=2")).status).toBe(200);
    expect((await get("limit=2&cursor=")).status).toBe(200);
    expect((await get("limit=2&cursor=", { timestamp: NOW_MS / 1_000 - 300 })).status).toBe(200);
    expect(simulators.counters["zj-industry"]).toMatchObject({ pages: 3, unauthorised: 0, skewed: 0 });
  });

  test.each<[string, Signing]>([
    ["another secret", { secret: "guess" }],
    ["another key", { appKey: "someone" }],
    ["another method", { method: "POST" }],
    ["GET and sent as POST", { sentMethod: "POST" }],
    ["another query", { signedQuery: "cursor=&limit=3" }],
  ])("over %s is refused with 401", async (_what, signing) => {
    const response = await get("cursor=&limit=2", signing);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ success: false });
    expect(simulators.counters["zj-industry"]).toMatchObject({ unauthorised: 1, skewed: 0, rowsServed: 0 });
  });

  test.each([-301, 301])("with a clock %i seconds off is refused with 401", async (skewSeconds) => {
    const response = await get("cursor=&limit=2", { timestamp: NOW_MS / 1_000 + skewSeconds });
    expect(response.status).toBe(401);
    expect(simulators.counters["zj-industry"]).toMatchObject({ unauthorised: 0, skewed: 1 });
  });

  test("missing headers are refused with 401", async () => {
    const response = await fetch(`${simulators.zjIndustry.url}/open/hours?cursor=&limit=2`);
    expect(response.status).toBe(401);
  });
});

describe("cursor", () => {
  test("walks through every row once, and ends without hasMore", async () => {
    const first = await page("", 2);
    const second = await page(first.nextCursor, 2);
    const third = await page(second.nextCursor, 2);
    expect([first.hasMore, second.hasMore, third.hasMore]).toEqual([true, true, false]);
    expect([first, second, third].flatMap((answer) => answer.rows)).toEqual(industryRows);
  });

  test("the last one resumes later, also after a restart", async () => {
    const whole = await page("", 200);
    expect(await page(whole.nextCursor, 200)).toEqual({
      success: true,
      rows: [],
      nextCursor: whole.nextCursor,
      hasMore: false,
    });
    simulators.append("zj-industry", [{ zgcId: "ZI6", updateTime: 1_583_000_001_000 }, { zgcId: "ZI7" }]);
    const grown = await page(whole.nextCursor, 200);
    expect(idsOf(grown)).toEqual(["ZI6", "ZI7"]);
    await simulators.close();
    await start();
    expect((await get(`cursor=${grown.nextCursor}&limit=2`)).status).toBe(400);
    expect(idsOf(await page(whole.nextCursor, 200))).toEqual([]);
  });

  test("a touched row comes again behind every cursor, and no other row is lost", async () => {
    const first = await page("", 2);
    simulators.touch({ platform: "zj-industry", id: "ZI2", changes: { classtime: "3" } });
    simulators.touch({ platform: "zj-industry", id: "ZI4" });
    const rest = await page(first.nextCursor, 200);
    expect(idsOf(rest)).toEqual(["ZI3", "ZI5", "ZI2", "ZI4"]);
    expect(rest.rows[2]).toEqual({ ...industryRows[1], classtime: "3", updateTime: 1_583_000_004_000 });
  });

  test("an invented or altered one is refused with 400", async () => {
    const { nextCursor } = await page("", 2);
    const altered = Buffer.from(Buffer.from(nextCursor, "base64url").toString().replace(/^2/, "3")).toString(
      "base64url",
    );
    for (const cursor of ["guess", "Mi4", altered, `${nextCursor}A`, `${nextCursor}%3D`]) {
      const response = await get(`cursor=${cursor}&limit=2`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ success: false });
    }
    expect(simulators.counters["zj-industry"]).toMatchObject({ badRequests: 5, pages: 1 });
  });

  test.each(["0", "-1", "many"])("a limit of %s is refused with 400", async (limit) => {
    expect((await get(`cursor=&limit=${limit}`)).status).toBe(400);
  });

  test("pageRowsMax limits a page whatever is asked", async () => {
    await simulators.close();
    await start({ pageRowsMax: 3 });
    const first = await page("", 200);
    expect([idsOf(first), first.hasMore]).toEqual([["ZI1", "ZI2", "ZI3"], true]);
    expect(idsOf(await page(first.nextCursor, 200))).toEqual(["ZI4", "ZI5"]);
  });
});
