import type { BalancesResponse, EntriesResponse } from "@xueshi/contracts";
import type { EntryBody } from "@xueshi/domain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting, reversal } from "../testing/people.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const SOMEONE = person(1);
const RECORDS = {
  may: { id: "may", hours: 80, year: 2019, on: "2019-05-01" },
  march: { id: "march", hours: 40, on: "2020-03-02" },
  june: { id: "june", hours: 20, on: "2020-06-30", subject: "general_common" },
  undated: { id: "undated", hours: 4, on: null },
} as const;
/** What the ledger learns, a second after each other. */
const STEPS: readonly EntryBody[] = [
  posting(RECORDS.march),
  posting(RECORDS.undated),
  posting(RECORDS.june),
  reversal(RECORDS.march, 2),
  posting({ ...RECORDS.march, hours: 36 }),
  posting(RECORDS.may),
  reversal(RECORDS.june, 6),
];

let api: TestApi;
let id: string;
/** The balances as they were read when each step was the newest, and the instant of the step. */
const seen: { atMs: number; balances: BalancesResponse["balances"]; cut: BalancesResponse["cut"] }[] = [];

beforeAll(async () => {
  api = await startTestApi();
  let atMs = NOW_MS - 100_000;
  for (const step of STEPS) {
    atMs += 1_000;
    id = await api.give(SOMEONE, [step], atMs);
    const { json } = await balances();
    seen.push({ atMs, balances: json.balances, cut: json.cut });
  }
});
afterAll(() => api.close());

const path = (what: string, fields: Readonly<Record<string, string | number | null>>) => {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `/v1/practitioners/${id}/${what}?${given.join("&")}`;
};
const balances = (fields: Parameters<typeof path>[1] = {}) => api.send("GET", path("balances", fields));
const entries = (fields: Parameters<typeof path>[1] = {}) => api.send("GET", path("entries", fields));
const at = (atMs: number) => new Date(atMs).toISOString();
const hoursOf = (answer: Pick<BalancesResponse, "balances">) =>
  answer.balances.map(({ year, subject, hours }) => `${year} ${subject} ${hours}`);

describe("the known clock", () => {
  test("gives balances as they were at any instant, to the millisecond", async () => {
    for (const [index, { atMs, balances: then, cut }] of seen.entries()) {
      const known = (await balances({ knownAt: at(atMs) })).json;
      expect(known).toMatchObject({ balances: then, cut, asOf: null, nextCursor: null });
      expect(Date.parse(known.knownAt ?? "")).toBe(atMs);
      const before = (await balances({ knownAt: at(atMs - 1) })).json;
      expect(before.balances).toEqual(seen[index - 1]?.balances ?? []);
      expect(before.cut.sequence).toBe(seen[index - 1]?.cut.sequence ?? 0);
    }
    expect((await balances({ knownAt: at(NOW_MS) })).json.balances).toEqual((await balances()).json.balances);
  });

  test("gives entries with the same cut", async () => {
    for (const { atMs, cut } of seen) {
      const known: EntriesResponse = (await entries({ knownAt: at(atMs) })).json;
      expect(known.cut).toEqual(cut);
      expect(known.entries.at(-1)).toMatchObject({ sequence: cut.sequence, hash: cut.head });
      expect(Date.parse(known.knownAt)).toBe(atMs);
    }
  });

  test("without one, an entry that is stamped ahead of this service's clock is there", async () => {
    const ahead = person(2);
    const other = await api.give(ahead, [posting(RECORDS.march)], NOW_MS + 5_000);
    const list = (await api.send("GET", `/v1/practitioners/${other}/entries`)).json;
    expect(list.entries).toHaveLength(2);
    const asOf = (await api.send("GET", `/v1/practitioners/${other}/balances?asOf=2020-12-31`)).json;
    expect([hoursOf(asOf), asOf.cut.sequence]).toEqual([["2020 professional 40"], 2]);
    expect((await api.send("GET", `/v1/practitioners/${other}/balances?knownAt=${at(NOW_MS)}`)).json.balances).toEqual(
      [],
    );
  });
});

describe("the effective clock", () => {
  test.each([
    ["2020-03-01", ["2019 professional 80", "2020 professional 4"]],
    ["2020-03-02", ["2019 professional 80", "2020 professional 40"]],
    ["2019-04-30", ["2020 professional 4"]],
    ["2019-05-01", ["2019 professional 80", "2020 professional 4"]],
  ])("as of %s, hours that were obtained later do not count; those without a date do", async (asOf, expected) => {
    const answer = (await balances({ asOf })).json;
    expect(hoursOf(answer)).toEqual(expected);
    expect(answer).toMatchObject({ asOf, cut: seen.at(-1)?.cut });
  });

  test("entries of later hours are left out, with what took them back", async () => {
    const recordsAsOf = async (asOf: string) => {
      const answer: EntriesResponse = (await entries({ asOf })).json;
      expect(answer).toMatchObject({ asOf, cut: seen.at(-1)?.cut });
      return [...new Set(answer.entries.map(({ recordId }) => recordId))];
    };
    expect(await recordsAsOf("2020-03-01")).toEqual([null, "undated", "may"]);
    expect(await recordsAsOf("2020-06-29")).toEqual([null, "march", "undated", "may"]);
    expect(await recordsAsOf("2020-06-30")).toEqual([null, "march", "undated", "june", "may"]);
  });

  test("both together: what was obtained by a day, as far as it was known at an instant", async () => {
    const third = seen[2]?.atMs ?? 0;
    const both = async (asOf: string, knownAtMs: number) =>
      hoursOf((await balances({ asOf, knownAt: at(knownAtMs) })).json);
    expect(await both("2020-06-30", third)).toEqual(["2020 general_common 20", "2020 professional 44"]);
    expect(await both("2020-06-29", third)).toEqual(["2020 professional 44"]);
    expect(await both("2020-06-30", third - 1)).toEqual(["2020 professional 44"]);
  });
});

describe("pages", () => {
  test.each(["balances", "entries"] as const)(
    "of %s stay at the cut of the first, whatever is posted",
    async (what) => {
      const someone = person(what === "balances" ? 3 : 4);
      const other = await api.give(someone, [RECORDS.may, RECORDS.march, RECORDS.june].map(posting), NOW_MS - 1_000);
      const page = async (query: string) => (await api.send("GET", `/v1/practitioners/${other}/${what}?${query}`)).json;
      const knownAt = encodeURIComponent(at(NOW_MS - 500));
      const whole = await page(`asOf=2020-06-30&knownAt=${knownAt}`);
      const seenRows: unknown[] = [];
      let answer = await page(`asOf=2020-06-30&knownAt=${knownAt}&limit=1`);
      for (; answer.nextCursor !== null; answer = await page(`limit=1&cursor=${answer.nextCursor}`)) {
        seenRows.push(...answer[what]);
        expect(answer.cut).toEqual(whole.cut);
        // Stamped before the cut and committed after it.
        await api.give(someone, [posting({ id: `late ${seenRows.length}`, hours: 1, on: "2019-01-01" })], NOW_MS - 900);
      }
      expect([...seenRows, ...answer[what]]).toEqual(whole[what]);
      expect(whole[what].length).toBeGreaterThan(2);
    },
  );

  test("a cursor is of its own clocks", async () => {
    const clocked = (await balances({ asOf: "2020-12-31", limit: 1 })).json.nextCursor;
    const plain = (await balances({ limit: 1 })).json.nextCursor;
    const faultOf = async (fields: Parameters<typeof path>[1]) => {
      const { status, json } = await balances(fields);
      return [status, json.errors?.[0]?.code];
    };
    expect(await faultOf({ cursor: clocked, asOf: "2020-12-30" })).toEqual([422, "cursor_invalid"]);
    expect(await faultOf({ cursor: clocked, knownAt: at(NOW_MS - 1) })).toEqual([422, "cursor_invalid"]);
    expect(await faultOf({ cursor: plain, asOf: "2020-12-31" })).toEqual([422, "cursor_invalid"]);
    expect(await faultOf({ cursor: clocked, asOf: "2020-12-31" })).toEqual([200, undefined]);
    expect(await faultOf({ cursor: clocked })).toEqual([200, undefined]);
  });

  test.each([
    [{ knownAt: "2999-01-01T00:00:00Z" }, "knownAt too_large"],
    [{ knownAt: "yesterday" }, "knownAt instant_invalid"],
    [{ asOf: "2020-02-30" }, "asOf date_invalid"],
  ])("%j is refused", async (fields, fault) => {
    for (const ask of [balances, entries]) {
      const { status, json } = await ask(fields);
      expect([status, `${json.errors[0]?.path} ${json.errors[0]?.code}`]).toEqual([422, fault]);
    }
  });
});
