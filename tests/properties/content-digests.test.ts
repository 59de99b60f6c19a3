import { join } from "node:path";
import { parseRecord } from "@xueshi/contracts";
import { mapRow, PLATFORMS, parsedContent } from "@xueshi/platforms";
import { expect, test } from "vitest";
import { pushedContent } from "../../services/ingestion-worker/src/admission/pushed-row.ts";
import { generateFeeds } from "../oracle/generate-feeds.ts";
import { type Feeds, loadFeeds, type Push, readRows } from "../oracle/index.ts";
import { rowsOf } from "./arrivals.ts";

const feeds: readonly [string, Feeds][] = [
  ["the public feeds", loadFeeds(join(import.meta.dirname, "../feeds/public"))],
  ["generated feeds", generateFeeds({ seed: 11, people: 60, recordsPerPerson: 5, dirt: 20 }).feeds],
];

// Of two versions with equal hours at one update time the smaller digest stands, so both sides must digest alike.
test.each(feeds)("the contents that are digested are the same on both sides: %s", (_name, feed) => {
  const contents = PLATFORMS.flatMap((platform) =>
    rowsOf(feed, platform.name as Parameters<typeof rowsOf>[1])
      .filter((raw) => mapRow(platform, raw).kind !== "total_row")
      .map((raw) => parsedContent(platform, raw)),
  );
  expect(contents.length).toBeGreaterThan(300);
  expect(contents).toEqual(readRows(feed).map((row) => row.content));
});

test("the contents of pushed records are the same on both sides", () => {
  const practitioner = { idType: "resident-id", idNumber: " 330899800307001", name: "王 伟" };
  const least = { recordId: "P1", practitioner, title: " 课　程 ", hours: "8.0", obtainedOn: "2020/3/1" };
  const full = {
    ...{ ...least, provider: "党校", hours: 0.5, subject: "professional", obtainedOn: "2019-12-31T16:00:00Z" },
    ...{ studiedFrom: "2019-12-30", studiedUntil: "2019/12/31", attributedYear: 2020, pathway: "ｏnline", revision: 3 },
  };
  const drafts = [
    least,
    full,
    { ...full, status: "draft" },
    { ...full, status: "withdrawn", attributedYear: "２０２０" },
  ];
  const dated = drafts.map((record) => ({ ...record, obtainedOn: record.obtainedOn.replace("/3/1", "/03/01") }));
  const contents = dated.map((record) => {
    const parsed = parseRecord(record, "demo-training", 0, "en");
    return parsed.ok ? pushedContent(parsed.record) : "";
  });
  const pushes = dated.map(
    (record): Push => ({ ...record, source: "demo-training", updatedAt: "2020-03-02T00:00:00Z" }),
  );
  const none: Feeds = { ...generateFeeds({ seed: 1, people: 0, recordsPerPerson: 0 }).feeds, pushes };
  expect(contents).toEqual(readRows(none).map((row) => row.content));
});

test("an assessment is part of the content, and its absence is no part of it", () => {
  const practitioner = { idType: "resident-id", idNumber: "330899800307001", name: "王伟" };
  const record = {
    recordId: "P1",
    practitioner,
    title: "课程",
    hours: 8,
    subject: "professional",
    obtainedOn: "2020-03-01",
  };
  const contentOf = (more: object): string => {
    const parsed = parseRecord({ ...record, ...more }, "demo-training", 0, "en");
    return parsed.ok ? pushedContent(parsed.record) : "";
  };
  const [without, none, one, same, another] = [
    {},
    { assessedOn: null },
    { assessedOn: "2020-03-05" },
    { assessedOn: "2020-03-04T16:00:00Z" },
    { assessedOn: "2020-03-06" },
  ].map(contentOf);
  expect(none).toBe(without);
  expect(without).not.toContain("assessedOn");
  expect(same).toBe(one);
  expect(new Set([without, one, another]).size).toBe(3);
});
