import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { openTestLedger, personId, recordKey, type TestLedger, type TestVersion } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addReviewRoutes } from "../review-routes.ts";
import { addDuplicateRoutes } from "./duplicate-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => {
    addDuplicateRoutes(app, { ...ledger.context, fourEyes: new Set() });
    addReviewRoutes(app, ledger.context);
  });
});
beforeEach(() => ledger.empty());
afterAll(() => ledger.close());

const ELSEWHERE = "demo-training";
const key = (id: string) => (id.startsWith("d") ? recordKey(id, ELSEWHERE) : recordKey(id));
/** Records of the city, and those that another source registers for it, whose ids begin with d. */
async function give(...versions: readonly TestVersion[]): Promise<void> {
  const own = versions.filter(({ recordId }) => !recordId.startsWith("d"));
  const other = versions
    .filter(({ recordId }) => recordId.startsWith("d"))
    .map((version) => ({ subjectCode: "professional", subjectBasis: "name" as const, ...version }));
  await postBatch(ledger.context, await ledger.store({ versions: own }));
  await postBatch(ledger.context, await ledger.store({ source: ELSEWHERE, versions: other }));
}
const list = async (query = "") => (await call("reader", "GET", `/v1/duplicates/candidates${query}`)).json;
const pairs = async (query = "") =>
  (await list(query)).candidates.map(({ records }: { records: { recordId: string }[] }) =>
    records
      .map(({ recordId }) => recordId)
      .sort()
      .join("+"),
  );
const decide = (kind: string, ...ids: string[]) =>
  call("alice", "POST", "/v1/duplicates/decisions", { kind, recordSets: [ids.map(key)], reason: "x", apply: true });

it("are listed with their score and why, in either language, without whose they are", async () => {
  await give(
    { recordId: "c1", person: "wang", title: "土地整治与生态修复技术" },
    { recordId: "d1", person: "wang", title: "土地整治与生态修复 技术培训", obtainedOn: "2020-03-03" as never },
  );
  const { candidates, nextCursor } = await list();
  expect(nextCursor).toBeNull();
  expect(candidates).toEqual([
    {
      ...{ platform: "quzhou-city", hours: 8, score: 88, titleSimilarity: 90, daysApart: 2 },
      ...{ numbersDiffer: false, subjectsDiffer: false },
      message: "Equal hours from two sources; the titles are 90 of 100 alike, the dates 2 days apart.",
      records: expect.arrayContaining([
        {
          ...{ recordKey: key("c1"), source: "quzhou-city", recordId: "c1", title: "土地整治与生态修复技术" },
          ...{ subject: "professional", obtainedOn: "2020-03-01", year: 2020 },
        },
      ]),
    },
  ]);
  const chinese = await call("reader", "GET", "/v1/duplicates/candidates", undefined, { "Accept-Language": "zh-CN" });
  expect(chinese.json.candidates[0].message).toBe("学时相同，来源不同；标题相似度 90，日期相差 2 天。");
  expect(JSON.stringify(candidates)).not.toContain(personId("wang"));
});

it("are no longer where they are decided, dismissed, or decided by the rule, and are again when that is taken back", async () => {
  const title = "生态修复";
  await give(
    ...["wang", "li", "zhao"].flatMap((person, at) => [
      { recordId: `c${at}`, person, title },
      { recordId: `d${at}`, person, title: `${title}班` },
    ]),
    { recordId: "c3", person: "sun", title },
    { recordId: "d3", person: "sun", title },
  );
  expect((await pairs()).sort()).toEqual(["c0+d0", "c1+d1", "c2+d2"]);
  const same = (await decide("same_achievement", "c0", "d0")).json;
  const distinct = (await decide("distinct_achievements", "c1", "d1")).json;
  expect(await pairs()).toEqual(["c2+d2"]);
  for (const { decisionId } of [same, distinct]) {
    await call("alice", "POST", `/v1/duplicates/decisions/${decisionId}/undo`, { reason: "x" });
  }
  expect((await pairs()).sort()).toEqual(["c0+d0", "c1+d1", "c2+d2"]);
  // What a review lets count beside its duplicate is compared no more.
  await call("alice", "POST", `/internal/v1/reviews/${key("d3")}/decision`, { counts: true, reason: "x" });
  expect((await pairs()).sort()).toEqual(["c0+d0", "c1+d1", "c2+d2"]);
});

it("are chosen by platform, days and least score, and a wrong query is refused", async () => {
  await give(
    { recordId: "c1", person: "wang", title: "生态修复" },
    { recordId: "d1", person: "wang", title: "生态修复", obtainedOn: "2020-03-21" as never },
  );
  expect([await pairs(), await pairs("?days=19"), await pairs("?days=20")]).toEqual([[], [], ["c1+d1"]]);
  expect([await pairs("?days=20&scoreMin=80"), await pairs("?days=20&scoreMin=81")]).toEqual([["c1+d1"], []]);
  expect(await pairs("?days=20&platform=zj-industry")).toEqual([]);
  for (const query of ["?days=32", "?scoreMin=101", "?days=-1", "?cursor=e30"]) {
    expect((await call("reader", "GET", `/v1/duplicates/candidates${query}`)).status).toBe(422);
  }
  expect((await call("nobody", "GET", "/v1/duplicates/candidates")).status).toBe(401);
});

it("are paged, each pair once", async () => {
  const people = Array.from({ length: 30 }, (_, at) => `p${at}`);
  await give(
    ...people.flatMap((person, at) => [
      { recordId: `c${at}`, person, title: "生态修复" },
      { recordId: `c${at}x`, person, title: "生态修复二" },
      { recordId: `d${at}`, person, title: "生态修复班" },
    ]),
  );
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page === 0 || cursor !== null; page += 1) {
    const at: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { candidates, nextCursor } = await list(`?limit=7${at}`);
    expect(candidates.length).toBeLessThanOrEqual(7);
    seen.push(
      ...candidates.map(({ records }: { records: { recordKey: string }[] }) =>
        records.map((one) => one.recordKey).join(),
      ),
    );
    cursor = nextCursor;
  }
  expect([seen.length, new Set(seen).size]).toEqual([60, 60]);
  expect(await pairs("?limit=100")).toHaveLength(60);
});
