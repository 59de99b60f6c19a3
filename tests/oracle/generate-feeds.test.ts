import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { generateFeeds, writeFeeds } from "./generate-feeds.ts";
import { answerer, loadFeeds, summary } from "./index.ts";

const options = { seed: 20_200_710, people: 300, recordsPerPerson: 12, dirt: { late_version: 0.002 } };

describe("generated feeds", () => {
  const dir = mkdtempSync(join(tmpdir(), "xueshi-feeds-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  const generated = generateFeeds(options);

  it("are the same for a seed and others for another", () => {
    expect(generateFeeds(options)).toEqual(generated);
    expect(generateFeeds({ ...options, seed: 1 }).feeds.quzhouCity).not.toEqual(generated.feeds.quzhouCity);
  });

  it("hold every class of dirt", () => {
    const missing = Object.entries(generated.dirtCounts).filter(([, count]) => count === 0);
    expect(missing).toEqual([]);
  });

  it("reach every outcome, state, verdict and reason", () => {
    const counts = Object.values(summary(generated.feeds));
    const seen = (part: "rows" | "records") => new Set(counts.flatMap((platform) => Object.keys(platform[part])));
    expect([...seen("rows")].sort()).toEqual(
      ["accepted", "conflict", "hours_invalid", "id_invalid", "identity_conflict", "superseded", "unchanged"].sort(),
    );
    expect([...seen("records")].sort()).toEqual(
      ["duplicate", "held", "not_registered", "registered", "unclassified", "withdrawn"].sort(),
    );
    const answers = generated.declarations.map(answererOnce(generated.feeds));
    expect([...new Set(answers)].sort()).toEqual(
      [
        ...["met", "not_met", "authority_not_connected", "delegated", "identity_conflict"],
        ...["no_rule_in_force", "unclassified_hours"],
      ].sort(),
    );
  });

  it("have no dirt when none is wanted", () => {
    const clean = generateFeeds({ ...options, dirt: 0 });
    expect(new Set(Object.values(clean.dirtCounts))).toEqual(new Set([0]));
    const rows = Object.values(summary(clean.feeds)).map((platform) => Object.keys(platform.rows));
    expect(rows).toEqual([["accepted"], ["accepted"], ["accepted"]]);
  });

  it("come back from disk as they were written", () => {
    writeFeeds(dir, generated.feeds, generated.declarations);
    const loaded = loadFeeds(dir);
    expect(loaded.incomplete).toEqual([]);
    expect(summary(loaded)).toEqual(summary(generated.feeds));
    expect(loaded.quzhouCity).toEqual(generated.feeds.quzhouCity);
    const texts = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(texts(loaded.zjNaturalResources)).toEqual(texts(generated.feeds.zjNaturalResources));
  });

  it("are not taken from an export that its .ok does not match", () => {
    writeFeeds(dir, generated.feeds);
    appendFileSync(join(dir, "zj-natural-resources", "export-202003.csv"), "\r\n");
    const loaded = loadFeeds(dir);
    expect(loaded.incomplete).toEqual(["zj-natural-resources"]);
    expect(loaded.zjNaturalResources.length).toBeLessThan(generated.feeds.zjNaturalResources.length);
  });
});

function answererOnce(feeds: Parameters<typeof answerer>[0]) {
  const answerTo = answerer(feeds);
  return (declaration: Parameters<typeof answerTo>[0]) => {
    const { verdict, reason } = answerTo(declaration);
    return reason ?? verdict;
  };
}
