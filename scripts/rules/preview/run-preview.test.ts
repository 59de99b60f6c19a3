import { randomUUID } from "node:crypto";
import {
  connect,
  lockHeads,
  readImpactFlips,
  readImpactPreviews,
  type Sql,
  writeEntries,
  writeHeads,
} from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import {
  type ActivatedRuleSet,
  AS_REGISTERED,
  appendEntries,
  type EntryBody,
  emptyHead,
  type LocalDate,
  MAIN_SLOT,
} from "@xueshi/domain";
import { loadRulebook, parseRuleSet, VOCABULARY } from "@xueshi/rulebook";
import { sha256Suite } from "@xueshi/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { previewQuestions } from "./preview-questions.ts";
import { runPreview } from "./run-preview.ts";

const NOW_MS = Date.parse("2021-01-05T00:00:00Z");
const found = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
if (found === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
const { ruleSet: current, text, digest } = found;
const activated: ActivatedRuleSet = { ruleSet: current, digest, activatedAtMs: 0 };

const ground = {
  draft: current,
  current,
  active: [activated],
  vocabulary: VOCABULARY,
  asOf: "2020-12-31" as LocalDate,
};

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** A person with one record of these hours, all 专业, in 2020. */
async function give(hours: number): Promise<string> {
  const practitionerId = randomUUID();
  const body: EntryBody = {
    ...{ kind: "posting", reverses: null, recordKey: randomUUID(), slot: MAIN_SLOT, source: "quzhou-city" },
    ...{ recordId: "r1", platform: "quzhou-city", state: "registered", code: null, hoursHundredths: hours * 100 },
    ...{
      subject: "professional",
      attributedYear: 2020,
      obtainedOn: "2020-03-02" as LocalDate,
      pathway: null,
      assessedOn: null,
    },
    ...{ recognition: AS_REGISTERED, title: "课程", trace: "", flags: "", sourceDigest: "0".repeat(64) },
    ...{ updateTimeMs: 0, reason: "posted", actor: "test", note: null, nameDigest: null },
  };
  await sql.begin(async (tx) => {
    const heads = await lockHeads(tx, [practitionerId]);
    const head = heads.get(practitionerId) ?? emptyHead(practitionerId);
    const appended = appendEntries(head, [body], randomUUID(), NOW_MS - 1000, sha256Suite);
    await writeEntries(tx, appended.entries);
    await writeHeads(tx, [appended.head]);
  });
  return practitionerId;
}

test("lists who would flip, from what to what and why, and keeps it; nothing is activated", async () => {
  const [short, between, enough] = await Promise.all([give(89), give(95), give(100)]);
  const draftText = text.replaceAll("hours: 90", "hours: 100").replace('version: "2"', 'version: "3"');
  const draft = parseRuleSet(draftText);
  const questions = previewQuestions({ ...ground, draft });
  const annual = questions.findIndex(
    ({ year, kind, series }) => year === 2020 && kind === "annual-duty" && series === "economics",
  );
  const start = {
    ...{
      previewId: randomUUID(),
      startedAtMs: NOW_MS,
      previewedBy: "operator",
      ruleSetId: draft.id,
      digest: "ab".repeat(32),
    },
    ...{ fullText: draftText, asOf: "2020-12-31", questions },
  };
  const after = [activated, { ruleSet: draft, digest: "draft", activatedAtMs: NOW_MS }];
  const preview = { questions, before: [activated], after, asOf: "2020-12-31" as LocalDate, nowMs: NOW_MS };
  const heard: number[] = [];
  const result = await runPreview(
    sql,
    start,
    preview,
    () => NOW_MS + 5,
    (people) => heard.push(people),
  );
  expect([result.people, heard]).toEqual([3, [3]]);
  expect([...result.byKind.keys()]).toEqual(["met > not_met"]);

  const flips = await readImpactFlips(sql, {
    previewId: start.previewId,
    after: null,
    limit: 100,
  });
  expect(flips.length).toBe(result.flips);
  const [first, second] = flips;
  if (first === undefined) throw new Error("Nothing flipped.");
  const later = await readImpactFlips(sql, { previewId: start.previewId, after: first, limit: 1 });
  expect(later).toEqual([second]);
  expect(new Set(flips.map(({ practitionerId }) => practitionerId))).toEqual(new Set([between]));
  expect(flips.find(({ question }) => question === annual)).toMatchObject({
    before: "met",
    after: "not_met",
    why: "none > requirement_not_met; total 95/100 not_met",
  });
  expect([short, enough]).not.toContain(flips[0]?.practitionerId);
  const [kept] = await readImpactPreviews(sql, { limit: 1, previewId: start.previewId });
  expect(kept).toMatchObject({ previewId: start.previewId, people: 3, flips: result.flips, endedAtMs: NOW_MS + 5 });
  expect(await sql`SELECT count(*)::int AS count FROM requirement.activation`).toEqual([{ count: 0 }]);
});

test("asks about every row of either version, every route, and the years beside", () => {
  const questions = previewQuestions(ground);
  const said = questions.map(({ year, kind, level, series }) => `${year} ${kind} ${level} ${series}`);
  expect(said).toContain("2020 review senior economics");
  expect(said).toContain("2020 annual-duty null natural-resources");
  expect(said).toContain("2020 review junior manufacturing");
  expect(said).toContain("2021 annual-duty null economics");
  expect(new Set(questions.map((question) => JSON.stringify(question))).size).toBe(questions.length);
});

test("asks about years that the draft gives up, and about rule sets that rest on it", () => {
  const { files } = loadRulebook();
  const active = files.map((file): ActivatedRuleSet => ({ ...file, activatedAtMs: 0 }));
  const zhejiang = files.find(({ ruleSet }) => ruleSet.id === "zhejiang-2016")?.ruleSet ?? current;
  const draft = { ...zhejiang, years: { from: 2016, until: 2025 } };
  const asked = previewQuestions({ ...ground, draft, current: zhejiang, active, asOf: "2026-06-30" as LocalDate });
  const places = asked.map(({ place, year, kind, series }) => `${place} ${year} ${kind} ${series}`);
  expect(places).toContain("quzhou 2026 review economics");
  expect(places).toContain("zhejiang 2026 annual-duty natural-science-research");
  expect(asked.some(({ place, year, kind }) => place === "zhejiang" && year === 2026 && kind === "annual-duty")).toBe(
    true,
  );
});
