import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { expectLedger } from "./expect-ledger.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";

const expected = publicFeeds();
let pipeline: Pipeline;

afterEach(() => pipeline.close());

/** Pages of 200 rows: fifteen of the city's, nine of the industry's. */
const simulators = { feedsDir: expected.dir, pageRowsMax: 200, tokenRequestsMax: 20 };
const kindsOnce = ["status", "ok_with_error", "half_body", "disconnect", "short_list", "duplicate_page"] as const;
const kindsOfContent = ["empty_list", "schema_drift"] as const;

async function expectEverything(): Promise<void> {
  expect(await pipeline.summary()).toEqual(expected.summary);
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);
  await expectLedger(pipeline.database.url, expected.records);
}

it("gets over every fault that passes, and counts nothing twice", async () => {
  pipeline = await openPipeline({ simulators });
  const { setFault, counters } = pipeline.simulators;
  setFault({ platform: "quzhou-city", kind: "status", route: "login" });
  setFault({ platform: "quzhou-city", kind: "ok_with_error", route: "categories" });
  setFault({ platform: "quzhou-city", kind: "not_auth", afterRequests: 4 });
  for (const platform of ["quzhou-city", "zj-industry"] as const) {
    const kinds = [...kindsOnce, ...kindsOfContent];
    for (const [nth, kind] of kinds.entries()) setFault({ platform, kind, afterRequests: 1 + nth * 2 });
  }
  const pulls = await Promise.all(
    ["quzhou-city", "zj-industry", "zj-natural-resources"].map((platform) => pipeline.pull(platform)),
  );
  expect(pulls.map(({ state, error }) => [state, error])).toEqual(Array(3).fill(["complete", null]));
  const once = Object.fromEntries([...kindsOnce, ...kindsOfContent].map((kind) => [kind, 1]));
  expect(counters["quzhou-city"].faultsFired).toEqual({ ...once, not_auth: 1, status: 2, ok_with_error: 2 });
  expect(counters["zj-industry"].faultsFired).toEqual(once);
  expect(counters["quzhou-city"].expired).toBeGreaterThan(0);
  expect(counters["quzhou-city"].logins).toBeGreaterThan(2);
  await expectEverything();
});

it("keeps what came before a fault that stays, says that the platform is not known yet, and goes on later", async () => {
  pipeline = await openPipeline({ simulators });
  const { setFault, clearFaults, counters } = pipeline.simulators;
  const count = Number.POSITIVE_INFINITY;
  setFault({ platform: "quzhou-city", kind: "ok_with_error", afterRequests: 6, count });
  setFault({ platform: "zj-industry", kind: "status", statusCode: 503, afterRequests: 5, count });
  const [city, industry, resources] = await Promise.all(
    ["quzhou-city", "zj-industry", "zj-natural-resources"].map((platform) => pipeline.pull(platform)),
  );
  expect(city).toMatchObject({ state: "partial", error: { code: "error_body" } });
  expect(industry).toMatchObject({ state: "partial", error: { code: "http_status" } });
  expect(resources).toMatchObject({ state: "complete", error: null });
  expect(counters["quzhou-city"].faultsFired.ok_with_error).toBeGreaterThan(1);
  expect(counters["zj-industry"].faultsFired.status).toBeGreaterThan(1);
  expect(city?.rows).toBeGreaterThan(0);

  // Whoever would get a verdict from these two platforms gets none; the rest is answered as ever.
  const answers = await pipeline.answers(expected.declarations);
  const wrong = expected.declarations.filter(({ declaration }, index) => {
    const [now, then] = [answers[index], expected.answers[index]];
    if (declaration.series === "natural-resources") return JSON.stringify(now) !== JSON.stringify(then);
    const isDecidedBefore = then?.verdict === "unknown" && then.reason !== "unclassified_hours";
    return !isDecidedBefore && `${now?.verdict} ${now?.reason}` !== "unknown source_not_yet_known";
  });
  expect(wrong).toEqual([]);

  // The login is no good either: nothing can be taken at all, and what is known stays.
  clearFaults();
  setFault({ platform: "quzhou-city", kind: "not_auth", route: "login", count });
  expect(await pipeline.pull("quzhou-city")).toMatchObject({ state: "failed", error: { code: "login_refused" } });
  clearFaults();
  for (const platform of ["quzhou-city", "zj-industry"]) {
    expect(await pipeline.pull(platform)).toMatchObject({ state: "complete", error: null });
  }
  await expectEverything();
});
