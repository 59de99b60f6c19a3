import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Answer, answerer, type Declaration, loadFeeds, readJsonLines, settle, summary } from "./index.ts";

const PUBLIC_DIR = join(import.meta.dirname, "../feeds/public");

describe("the oracle on the public feeds", () => {
  const feeds = loadFeeds(PUBLIC_DIR);

  it("takes every file", () => {
    expect(feeds.incomplete).toEqual([]);
  });

  it("gives every expected verdict, reason and gap", () => {
    const expected = readJsonLines<Answer & { id: string }>(join(PUBLIC_DIR, "expected.jsonl"));
    const answerTo = answerer(feeds);
    const declarations = readJsonLines<Declaration & { id: string }>(join(PUBLIC_DIR, "declarations.jsonl"));
    expect(declarations.map((declaration) => ({ id: declaration.id, ...answerTo(declaration) }))).toEqual(expected);
    expect(expected).toHaveLength(600);
  });

  it("gives the expected summary", () => {
    expect(summary(feeds)).toEqual(JSON.parse(readFileSync(join(PUBLIC_DIR, "expected-summary.json"), "utf8")));
  });

  it("settles the same in any order of the lists", () => {
    const reversed = {
      ...feeds,
      quzhouCity: feeds.quzhouCity.toReversed(),
      zjIndustry: feeds.zjIndustry.toReversed(),
      zjNaturalResources: feeds.zjNaturalResources.toReversed(),
    };
    const ordered = (settled: ReturnType<typeof settle>) =>
      Array.from(settled, ([platform, records]) => [platform, [...records.entries()].sort()]);
    expect(ordered(settle(reversed))).toEqual(ordered(settle(feeds)));
  });
});
