import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { expectLedger } from "./expect-ledger.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";

const expected = publicFeeds();
let pipeline: Pipeline;

afterEach(() => pipeline.close());

it("gives a platform that never answers up in bounded time, keeps what came, and goes on later", async () => {
  pipeline = await openPipeline({ simulators: { feedsDir: expected.dir, pageRowsMax: 200 } });
  const { setFault, clearFaults, counters } = pipeline.simulators;
  setFault({ platform: "zj-industry", kind: "hang", afterRequests: 3 });
  setFault({ platform: "quzhou-city", kind: "hang", afterRequests: 3, count: Number.POSITIVE_INFINITY });
  const [city, industry] = await Promise.all(
    ["quzhou-city", "zj-industry"].map((platform) => pipeline.pull(platform, 600_000)),
  );
  expect(industry).toMatchObject({ state: "complete", error: null });
  expect(city).toMatchObject({ state: "partial", error: { code: "timeout" } });
  expect(counters["zj-industry"].faultsFired).toEqual({ hang: 1 });
  expect(counters["quzhou-city"].faultsFired.hang).toBeGreaterThan(1);
  clearFaults();
  for (const platform of ["quzhou-city", "zj-natural-resources"]) {
    expect(await pipeline.pull(platform)).toMatchObject({ state: "complete" });
  }
  expect(await pipeline.summary()).toEqual(expected.summary);
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);
  await expectLedger(pipeline.database.url, expected.records);
});
