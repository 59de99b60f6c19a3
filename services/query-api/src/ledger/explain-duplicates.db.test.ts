import { writeDuplicateDecisions } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, person, posting, recordKey, reversal } from "../testing/people.ts";
import { identity, reviewOf } from "../testing/questions.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

const DAY_MS = 86_400_000;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** best and twin are the same by the rule; far has another title. */
const best = { id: "best", hours: 8 };
const twin = { id: "twin", hours: 4 };
const far = { id: "far", hours: 2 };
const titled = (record: typeof far, state: "registered" | "duplicate") => ({
  ...posting({ ...record, state }),
  title: "别的",
});

/** At three times: far counts; an operator says that far and twin are one achievement; that is taken back. */
async function giveThree(someone: Person): Promise<readonly [number, number, number]> {
  const now = api.clock();
  const [first, second, third] = [now - 3 * DAY_MS, now - 2 * DAY_MS, now - DAY_MS] as const;
  const twinPosted = posting({ ...twin, state: "duplicate" });
  await api.give(someone, [posting(best), twinPosted, titled(far, "registered")], first);
  const again = (state: "registered" | "duplicate", sequence: number) => [
    { ...reversal(far, sequence), title: "别的" },
    titled(far, state),
  ];
  await api.give(someone, again("duplicate", 4), second);
  await api.give(someone, again("registered", 7), third);
  const said = {
    decisionId: crypto.randomUUID(),
    kind: "same_achievement" as const,
    document: "情况说明 7",
    actor: "alice",
  };
  const recordKeys = [recordKey("far"), recordKey("twin")].sort();
  const rows = recordKeys.flatMap((key) => [
    { ...said, recordKey: key, recordKeys, decidedAtMs: second, undoes: null, reason: "looked at it" },
    {
      ...said,
      ...{ recordKey: key, recordKeys, decidedAtMs: third, decisionId: crypto.randomUUID(), undoes: said.decisionId },
      ...{ reason: "not so", document: null },
    },
  ]);
  await api.sql.begin((tx) => writeDuplicateDecisions(tx, rows));
  return [first, second, third];
}

const at = (ms: number) => ({ knownAt: new Date(ms).toISOString() });
const BY_RULE = {
  by: "rule",
  source: "quzhou-city",
  recordId: "best",
  decisionId: null,
  decidedAt: null,
  document: null,
};

describe("a record that yielded", () => {
  test("is explained in a check, by the rule and by an operator, as of each known time", async () => {
    const someone = person(1);
    const [first, second] = await giveThree(someone);
    const uncounted = async (more: object, language = "en") => {
      const body = reviewOf(identity(someone), { explain: true, ...more });
      const { json } = await api.send("POST", "/v1/checks", { body, headers: { "Accept-Language": language } });
      return new Map(json.uncounted.map((record) => [record.recordId, record.countsInstead]));
    };
    const earliest = await uncounted(at(first));
    expect(earliest.get("twin")).toEqual({
      ...{ source: "quzhou-city", recordId: "best" },
      because: [
        {
          ...BY_RULE,
          message:
            "By the rule it is the same achievement as record best (quzhou-city): title, date, subject and platform of record are equal.",
        },
      ],
    });
    expect(earliest.has("far")).toBe(false);
    const decided = (await uncounted(at(second))).get("far");
    expect(decided).toMatchObject({
      recordId: "best",
      because: [
        { by: "operator", recordId: "twin", document: "情况说明 7", decidedAt: expect.stringContaining("T") },
        { by: "rule", recordId: "best" },
      ],
    });
    expect(decided?.because[0]?.message).toMatch(
      /^An operator said on \d{4}-\d{2}-\d{2} that it is .* twin .*, by 情况说明 7\.$/,
    );
    expect((await uncounted(at(second), "zh-CN")).get("far")?.because.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^经办人于 \d{4}-\d{2}-\d{2} 认定与记录 twin（quzhou-city）为同一成果，依据情况说明 7。$/),
      "与记录 best（quzhou-city）的标题、获得日期、科目与登记平台相同，按规则为同一成果。",
    ]);
    const now = await uncounted({});
    expect([now.has("far"), now.get("twin")?.recordId]).toEqual([false, "best"]);
    expect((await uncounted({ explain: false })).get("twin")).toBeUndefined();
  });

  test("is explained in a batch, each check as of its own time", async () => {
    const someone = person(2);
    const [, second] = await giveThree(someone);
    const asked = [{ explain: true, ...at(second) }, { explain: true }, {}];
    const checks = asked.map((more) => reviewOf(identity(someone), more));
    const { json } = await api.send("POST", "/v1/checks/batch", { body: { checks } });
    const results = (json as unknown as { results: { uncounted: { recordId: string; countsInstead?: object }[] }[] })
      .results;
    const explained = results.map(({ uncounted }) =>
      uncounted.flatMap(({ recordId, countsInstead }) => (countsInstead === undefined ? [] : [recordId])).sort(),
    );
    expect(explained).toEqual([["far", "twin"], ["twin"], []]);
  });

  test("is explained in the entries where it stands so, and not where that was taken back", async () => {
    const someone = person(3);
    const [, second] = await giveThree(someone);
    const explained = async (query: string) => {
      const { json } = await api.send("GET", `/v1/practitioners/${api.idOf(someone)}/entries${query}`);
      const entries = json.entries as unknown as { sequence: number; countsInstead?: { recordId: string } }[];
      return entries.flatMap(({ sequence, countsInstead }) =>
        countsInstead === undefined ? [] : [`${sequence} ${countsInstead.recordId}`],
      );
    };
    expect(await explained("")).toEqual(["3 best"]);
    expect(await explained(`?knownAt=${new Date(second).toISOString()}`)).toEqual(["3 best", "7 best"]);
  });

  test("is told beside the balances where that is asked for, as of each known time", async () => {
    const someone = person(4);
    const [, second] = await giveThree(someone);
    const told = async (query: string) => {
      const { json } = await api.send("GET", `/v1/practitioners/${api.idOf(someone)}/balances${query}`);
      const { duplicates } = json as unknown as {
        duplicates?: {
          hasMore: boolean;
          records: { recordId: string; hours: number; countsInstead: { recordId: string } }[];
        };
      };
      const lines = duplicates?.records.map((one) => `${one.recordId} ${one.hours}: ${one.countsInstead.recordId}`);
      return duplicates === undefined ? null : [duplicates.hasMore, ...(lines ?? [])];
    };
    expect(await told("")).toBeNull();
    expect(await told("?explain=true")).toEqual([false, "twin 4: best"]);
    const then = `&knownAt=${new Date(second).toISOString()}`;
    expect(await told(`?explain=true${then}`)).toEqual([false, "twin 4: best", "far 2: best"]);
    expect(await told(`?explain=true${then}&asOf=2020-03-01`)).toEqual([false]);
  });
});
