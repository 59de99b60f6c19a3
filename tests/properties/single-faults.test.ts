import type { Fault, FaultKind, FileFaultKind } from "@xueshi/scripts/simulators";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateFeeds } from "../oracle/generate-feeds.ts";
import { PLATFORMS, type Platform } from "../oracle/index.ts";
import type { Material } from "./arrivals.ts";
import { rowsOf } from "./arrivals.ts";
import { FeedInParts } from "./feed-in-parts.ts";
import { type EndedPull, openPullingWorld, type PullingWorld } from "./pulling-world.ts";
import { converge } from "./run-pulls.ts";
import { expectNothingInvented, expectNothingMissing, readStoredRows, rowsSent } from "./stored-rows.ts";

const HTTP_PLATFORMS = ["quzhou-city", "zj-industry"] as const;
const material = makeMaterial();
let pulling: PullingWorld;
let feed: FeedInParts;
beforeAll(async () => {
  pulling = await openPullingWorld();
});
afterAll(() => pulling.close());

/** A third of the rows is there and pulled; then as many again appear. */
async function prepare(...platforms: readonly Platform[]): Promise<void> {
  await pulling.reset(material.categories, 0);
  feed = new FeedInParts(pulling.simulators(), material, 3);
  await feed.growShare(33);
  await Promise.all(platforms.map((platform) => converge(pulling, feed, platform)));
  await feed.growShare(50);
}

function makeMaterial(): Material {
  const { feeds, declarations } = generateFeeds({ seed: 36, people: 9, recordsPerPerson: 7 });
  const arrivals = PLATFORMS.flatMap((source) =>
    rowsOf(feeds, source).map((raw) => ({ kind: "row", source, raw }) as const),
  );
  return { arrivals, categories: feeds.quzhouCityCategories, declarations };
}

const fired = (platform: Fault["platform"], kind: FaultKind) =>
  pulling.simulators().counters[platform].faultsFired[kind] ?? 0;

/** Pulls once; whatever comes of it, nothing may be invented, and nothing may be missing that is said to be complete. */
async function pullOnce(platform: Platform): Promise<Pick<EndedPull, "state" | "reason">> {
  const sent = rowsSent(feed.feeds());
  const { ended } = await pulling.pull(platform, null);
  const stored = await readStoredRows(pulling.world.owner);
  expectNothingInvented(stored, rowsSent(feed.feeds()));
  const [pull] = ended;
  if (pull === undefined) throw new Error("the pull has an end");
  if (pull.state === "complete") expectNothingMissing(stored, sent, platform, "after a complete pull");
  return pull;
}

async function expectWholeAgain(...platforms: readonly Platform[]): Promise<void> {
  await pulling.simulators().behave();
  await Promise.all(platforms.map((platform) => converge(pulling, feed, platform)));
  const of = (counts: ReadonlyMap<string, number>) =>
    [...counts].filter(([key]) => platforms.some((platform) => key.startsWith(`${platform}/`))).toSorted();
  expect(of(await readStoredRows(pulling.world.owner))).toEqual(of(rowsSent(feed.feeds())));
}

type Expected = readonly [FaultKind, once: string, always: string | null];

/** How a pull ends when a fault strikes its second answer, and when it strikes every answer. */
const OF_BOTH: readonly Expected[] = [
  ["status", "complete", "http_status"],
  ["ok_with_error", "complete", "error_body"],
  ["hang", "complete", "timeout"],
  ["slow", "complete", null],
  ["disconnect", "complete", "connection_failed"],
  ["half_body", "complete", "connection_failed"],
  ["reset", "complete", "connection_failed"],
  ["cut_body", "complete", "body_invalid"],
  ["wrong_encoding", "complete", "body_invalid"],
  ["redirect", "redirect_refused", "redirect_refused"],
  ["short_list", "complete", null],
  ["half_page", "complete", null],
  // The page before is never the same one twice in a row, so asking again helps.
  ["duplicate_page", "complete", null],
  ["schema_drift", "complete", "schema_drift"],
];

const OF_CITY: readonly Expected[] = [
  ["not_auth", "complete", "login_refused"],
  ["empty_list", "complete", "list_empty"],
  ["reordered_rows", "complete", "order_broken"],
];

/** Behind a cursor rows have no order, and without totals an empty list that lasts is believed: see the test below. */
const OF_INDUSTRY: readonly Expected[] = [
  ["not_auth", "complete", "signature_refused"],
  ["clock_skew", "complete", "clock_skew"],
  ["reordered_rows", "complete", null],
  ["total_rows", "complete", null],
];

type HttpPlatform = (typeof HTTP_PLATFORMS)[number];

/** The rest of the feed appears between the two pulls, and while nobody is asked. */
async function expectEnds(platforms: readonly HttpPlatform[], [kind, once, always]: Expected): Promise<void> {
  const { setFault } = pulling.simulators();
  const faultOf = (platform: HttpPlatform) =>
    ({ platform, kind, salt: 9, rowsMax: 2, delayMs: 5, location: pulling.elsewhere.url }) as const;
  const struckOnce = async (platform: HttpPlatform) => {
    setFault({ ...faultOf(platform), afterRequests: 1 });
    const { reason, state } = await pullOnce(platform);
    expect([platform, fired(platform, kind), reason ?? state]).toEqual([platform, 1, once]);
  };
  const struckAlways = async (platform: HttpPlatform) => {
    setFault({ ...faultOf(platform), count: Number.POSITIVE_INFINITY });
    expect([platform, (await pullOnce(platform)).reason]).toEqual([platform, always]);
    expect(fired(platform, kind), `${platform}: ${kind}`).toBeGreaterThan(1);
  };
  await Promise.all(platforms.map(struckOnce));
  await feed.growShare(100);
  await Promise.all(platforms.map(struckAlways));
}

describe("failure 15 and others: a platform that goes wrong in one way", () => {
  test.each(OF_BOTH)("both, %s: once it ends as %s, always as %s", async (...expected) => {
    await prepare(...HTTP_PLATFORMS);
    await expectEnds(HTTP_PLATFORMS, expected);
    await expectWholeAgain(...HTTP_PLATFORMS);
    expect(pulling.elsewhere.visitors()).toBe(0);
  });

  test.each(OF_CITY)("quzhou-city, %s: once it ends as %s, always as %s", async (...expected) => {
    await prepare("quzhou-city");
    await expectEnds(["quzhou-city"], expected);
    await expectWholeAgain("quzhou-city");
  });

  test.each(OF_INDUSTRY)("zj-industry, %s: once it ends as %s, always as %s", async (...expected) => {
    await prepare("zj-industry");
    await expectEnds(["zj-industry"], expected);
    await expectWholeAgain("zj-industry");
  });

  test("an answer that is slower than a connector waits is a timeout, and asked for again", async () => {
    await prepare(...HTTP_PLATFORMS);
    const { setFault } = pulling.simulators();
    for (const platform of HTTP_PLATFORMS) setFault({ platform, kind: "slow", delayMs: 60_000, afterRequests: 1 });
    const once = await Promise.all(HTTP_PLATFORMS.map(pullOnce));
    expect(once).toMatchObject([{ state: "complete" }, { state: "complete" }]);
    for (const platform of HTTP_PLATFORMS) expect(fired(platform, "slow")).toBe(1);
    setFault({ platform: "quzhou-city", kind: "slow", delayMs: 60_000, count: Number.POSITIVE_INFINITY });
    expect(await pullOnce("quzhou-city")).toMatchObject({ state: "failed", reason: "timeout" });
    await expectWholeAgain(...HTTP_PLATFORMS);
  });

  test("zj-industry, empty_list: once in a pull, it is asked again", async () => {
    await prepare("zj-industry");
    pulling.simulators().setFault({ platform: "zj-industry", kind: "empty_list" });
    expect(await pullOnce("zj-industry")).toMatchObject({ state: "complete" });
    expect(fired("zj-industry", "empty_list")).toBe(1);
    await expectWholeAgain("zj-industry");
  });
});

const OF_FILES: readonly (readonly [FileFaultKind, readonly string[]])[] = [
  ["ok_missing", ["file_incomplete"]],
  ["ok_wrong_count", ["file_incomplete"]],
  ["ok_wrong_digest", ["file_incomplete"]],
  ["half_file", ["file_incomplete"]],
  ["file_missing", ["file_incomplete"]],
  // Bytes of UTF-8 are not always wrong in GB18030, but then the header is.
  ["utf8_file", ["file_undecodable", "file_header"]],
  ["renamed_column", ["file_header"]],
];

describe("failure 15 and others: files that go wrong in one way", () => {
  test.each(OF_FILES)("%s: every file is refused as %s, and taken when it is whole", async (kind, reasons) => {
    const platform = "zj-natural-resources";
    await prepare(platform);
    const before = { ...pulling.refusedFiles };
    await pulling.simulators().misbehave({ seed: 5, rates: { [kind]: 1 } });
    const { state, reason } = await pullOnce(platform);
    expect(state).toBe("partial");
    expect(reasons).toContain(reason);
    const placed = pulling.simulators().counters[platform].faultsPlaced[kind] ?? 0;
    const refused = reasons.reduce((sum, one) => sum + (pulling.refusedFiles[one] ?? 0) - (before[one] ?? 0), 0);
    expect(placed).toBeGreaterThan(3);
    // Who has taken a file's very bytes before does not count its rows once more.
    if (kind === "ok_wrong_count") expect(refused).toBeGreaterThan(0);
    else expect(refused).toBe(placed);
    await expectWholeAgain(platform);
  });
});
