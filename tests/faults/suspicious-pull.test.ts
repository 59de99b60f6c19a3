import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformResponse } from "@xueshi/contracts";
import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { openPipeline, type Pipeline, type Pull } from "./open-pipeline.ts";

const expected = publicFeeds();
const PLATFORM = "zj-natural-resources";
let pipeline: Pipeline;

afterEach(() => pipeline.close());

/** Sends the longest export again with its first rows only, and says in its `.ok` that this is all. */
function shorten(folder: string, rows: number): void {
  const names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
  const [longest] = names.toSorted((left, right) => sizeOf(folder, right) - sizeOf(folder, left));
  const path = join(folder, longest ?? "");
  const bytes = Buffer.from(
    readFileSync(path)
      .toString("latin1")
      .split("\r\n")
      .slice(0, rows + 1)
      .join("\r\n"),
    "latin1",
  );
  const whole = Buffer.concat([bytes, Buffer.from("\r\n")]);
  writeFileSync(path, whole);
  writeFileSync(`${path}.ok`, `${rows} ${createHash("sha256").update(whole).digest("hex")}\n`);
}

const sizeOf = (folder: string, name: string) => readFileSync(join(folder, name)).length;

it("leaves every record and verdict as it was, and says that the platform is not whole until that is accepted", async () => {
  pipeline = await openPipeline({ simulators: { feedsDir: expected.dir } });
  for (const platform of ["quzhou-city", "zj-industry", PLATFORM]) await pipeline.pull(platform);
  const shown = async () => (await pipeline.operate<PlatformResponse>("GET", `/v1/platforms/${PLATFORM}`)).body;
  const before = await shown();
  expect(before).toMatchObject({ freshness: "fresh", lastPull: { state: "complete" } });

  shorten(pipeline.simulators.zjNaturalResources.directory, 3);
  const suspicious = await pipeline.pull(PLATFORM);
  expect(suspicious).toMatchObject({ state: "suspicious", error: { code: "sudden_drop" }, rows: 3 });
  expect(await shown()).toMatchObject({
    freshness: "partial",
    completeUntil: before.completeUntil,
    breaker: { state: "closed" },
  });
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);

  const reason = "the platform confirms that it exports less";
  const path = `/v1/pulls/${suspicious.pullId}/acceptance`;
  expect((await pipeline.operate<Pull>("POST", path, { reason })).body).toMatchObject({ state: "complete" });
  const after = await waitFor("the acceptance to be posted", async () => {
    const now = await shown();
    return now.freshness === "fresh" ? now : null;
  });
  expect(after.completeUntil).toBe(suspicious.startedAt);
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);
  expect(await pipeline.pull(PLATFORM)).toMatchObject({ state: "complete", rows: 0 });
});
