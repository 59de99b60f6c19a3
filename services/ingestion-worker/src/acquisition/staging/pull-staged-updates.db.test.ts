import { mapRow, updateTimeMsOf } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatShanghaiTime } from "../shanghai-time.ts";
import { createTestContext, NOW_MS } from "../testing/test-context.ts";
import { BY_TIME, county, insert, pullCounty, type Side, TIMED_SIDES } from "./testing/staged-county.ts";

const EXACT = { ...BY_TIME, overlapSeconds: 0 };
const SECOND = "2020-03-03 08:00:00";

describe.each(TIMED_SIDES)("a staging table in %s, read by update time", (_name, open) => {
  let side: Side;
  const read = (settings: object = {}, options: Parameters<typeof pullCounty>[2] = {}) =>
    pullCounty(side, county(side, BY_TIME, settings), options);

  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side?.close());
  beforeEach(() => side.makeTable());

  it("gives every value as text: decimals exact, dates as dates, times cut to milliseconds and never rounded", async () => {
    await side.run(insert(1, "2020-03-03 08:00:00.123987"));
    await side.run(insert(2, "2020-03-03 08:00:01", { hours: "0.1" }));
    const { rows, end } = await read();
    expect(rows[0]).toMatchObject({ 编号: "1", 学时: "1.50", 状态: "3", 完成日期: "2020-03-02", 姓名: "王伟" });
    expect(rows[0]?.更新时间).toBe("2020-03-03 08:00:00.123");
    expect(rows[1]?.学时).toBe("0.10");
    expect(end).toMatchObject({ outcome: "complete", advertisedTotal: 2, rowsSeen: 2 });
    const platform = county(side, BY_TIME);
    expect(mapRow(platform, rows[0])).toMatchObject({ kind: "record", record: { hours: "1.50", status: "final" } });
    expect(updateTimeMsOf(platform, rows[0])).toBe(Date.parse("2020-03-03T08:00:00.123+08:00"));
  });

  it("loses no row of a boundary timestamp, across pages and across pulls", async () => {
    for (const id of [1, 2, 3, 4, 5]) await side.run(insert(id, `${SECOND}.500001`));
    const first = await read();
    expect(first.ids).toEqual(["1", "2", "3", "4", "5"]);
    await side.run(insert(6, `${SECOND}.500001`));
    await side.run(insert(7, `${SECOND}.500002`));
    const again = await read({ read: EXACT }, { cursor: first.cursor });
    expect(again.ids).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  });

  it("never rounds the position up: a row of the same millisecond that comes later is met", async () => {
    await side.run(insert(1, `${SECOND}.999999`));
    const first = await read();
    await side.run(insert(2, `${SECOND}.999001`));
    expect((await read({ read: EXACT }, { cursor: first.cursor })).ids).toEqual(["2", "1"]);
  });

  it("meets a row that was committed late within the overlap, and moves the position no further back", async () => {
    await side.run(insert(1, SECOND));
    await side.run(insert(2, "2020-03-03 08:10:00"));
    const first = await read();
    await side.run(insert(3, "2020-03-03 08:09:30"));
    const second = await read({}, { cursor: first.cursor });
    expect(second.ids).toEqual(["3", "2"]);
    expect(second.pages.map((page) => page.cursorAfter)).toEqual([first.cursor]);
    const inPages = await read({ rowsPerPage: 1 }, { cursor: first.cursor });
    expect(inPages.pages.map((page) => page.cursorAfter)).toEqual([first.cursor, first.cursor]);
  });

  it("meets a row again that is touched while the table is read", async () => {
    for (const id of [1, 2, 3, 4]) await side.run(insert(id, `2020-03-03 08:00:0${id}`));
    const touch = `UPDATE "学时上报" SET "更新时间" = '2020-03-03 08:00:09' WHERE "编号" = 3`;
    const { ids, end } = await read(
      {},
      { afterPage: (_, index) => (index === 0 ? side.run(touch) : Promise.resolve()) },
    );
    expect(ids).toEqual(["1", "2", "4", "3"]);
    expect(end).toMatchObject({ outcome: "complete" });
  });

  it("goes on where the last stored page ended", async () => {
    for (const id of [1, 2, 3, 4, 5]) await side.run(insert(id, `2020-03-03 08:0${id}:00`));
    const { pages } = await read();
    expect((await read({}, { cursor: pages[1]?.cursorAfter })).ids).toEqual(["3", "4", "5"]);
  });

  it("gives rows without an update time too, each time, so that they are refused and not forgotten", async () => {
    for (const id of [1, 2, 3]) await side.run(insert(id, null));
    await side.run(insert(4, SECOND));
    const first = await read();
    expect(first.ids).toEqual(["1", "2", "3", "4"]);
    expect(first.rows[0]?.更新时间).toBeNull();
    expect(first.end).toMatchObject({ outcome: "complete", advertisedTotal: 4 });
    expect((await read({}, { cursor: first.cursor })).ids).toEqual(["1", "2", "3", "4"]);
  });

  it("is complete when the table is empty, and when nothing is new", async () => {
    expect((await read()).end).toMatchObject({ outcome: "complete", rowsSeen: 0, advertisedTotal: 0 });
    await side.run(insert(1, SECOND));
    const { cursor } = await read();
    expect((await read({}, { cursor })).end).toMatchObject({ outcome: "complete", rowsSeen: 1 });
  });

  it("is not complete when rows vanish while it is read", async () => {
    for (const id of [1, 2, 3, 4]) await side.run(insert(id, SECOND));
    const remove = 'DELETE FROM "学时上报" WHERE "编号" = 4';
    const { end } = await read({}, { afterPage: (_, index) => (index === 0 ? side.run(remove) : Promise.resolve()) });
    expect(end).toMatchObject({ outcome: "partial", reason: "total_not_reached", advertisedTotal: 4, rowsSeen: 3 });
  });

  it("is not complete when rows cannot be ordered, because they have no id", async () => {
    for (const id of [1, 2]) await side.run(insert(id, SECOND));
    await side.run(insert(null, SECOND));
    await side.run(insert(null, SECOND));
    expect((await read()).end).toMatchObject({ outcome: expect.stringMatching(/partial|failed/) });
  });

  it("reads large ids exactly", async () => {
    const ids = [
      "9007199254740992",
      "9007199254740993",
      "9007199254740994",
      "9223372036854775806",
      "9223372036854775807",
    ];
    for (const id of ids) await side.run(insert(id, SECOND));
    expect((await read({ rowsPerPage: 1 })).ids).toEqual(ids);
  });

  it("reads ids that are Chinese text, in the order of the table", async () => {
    await side.makeTable({ id: "varchar(20)" });
    const ids = ["学-1", "习-2", "啊-3", "中-4", "a-5", "Z-6"];
    for (const id of ids) await side.run(insert(id, SECOND));
    const { ids: found, end } = await read({ rowsPerPage: 1 });
    expect([found.length, new Set(found)]).toEqual([6, new Set(ids)]);
    expect(end).toMatchObject({ outcome: "complete" });
  });

  it("reads times that have a zone in Asia/Shanghai, and goes on from them", async () => {
    await side.makeTable({ time: side.dialect === "mysql" ? "timestamp(6) NULL" : "timestamptz(6)" });
    await side.run(insert(1, `${SECOND}.000001`));
    await side.run(insert(2, "2020-03-03 23:59:59.5"));
    const first = await read();
    expect(first.rows.map((row) => String(row.更新时间).slice(0, 21))).toEqual([
      `${SECOND}.0`,
      "2020-03-03 23:59:59.5",
    ]);
    expect((await read({ read: EXACT }, { cursor: first.cursor })).ids).toEqual(["2"]);
  });

  it("reads times that are numbers", async () => {
    await side.makeTable({ time: "bigint" });
    const timeMs = Date.parse(`${SECOND.replace(" ", "T")}.500+08:00`);
    for (const id of [1, 2, 3]) await side.run(insert(id, timeMs + id));
    const platform = {
      ...county(side, BY_TIME),
      mapping: { ...county(side, BY_TIME).mapping, updateTimeForm: "epoch_ms" },
    } as const;
    const first = await pullCounty(side, platform);
    expect(first.ids).toEqual(["1", "2", "3"]);
    expect(first.cursor).toEqual({ staged: { time: String(timeMs + 3) } });
    await side.run(insert(4, timeMs - 58_000));
    await side.run(insert(5, timeMs - 62_000));
    expect((await pullCounty(side, platform, { cursor: first.cursor })).ids).toEqual(["4", "1", "2", "3"]);
  });

  it("stores no position later than our own clock, so that a clock that is ahead hides no rows", async () => {
    await side.run(insert(1, "2031-01-01 00:00:00"));
    const first = await read();
    await side.run(insert(2, "2026-11-01 09:00:00"));
    const context = createTestContext();
    context.nowMs = NOW_MS + 86_400_000;
    expect((await read({}, { cursor: first.cursor, context })).ids).toEqual(["2", "1"]);
  });

  it("refuses a row with a text that is too long, whole, and leaves the others", async () => {
    await side.run(insert(1, SECOND, { title: "学".repeat(41) }));
    await side.run(insert(2, SECOND, { title: "学".repeat(40) }));
    const { rows } = await read({ textCharactersMax: 40 });
    const kinds = rows.map((row) => mapRow(county(side, BY_TIME), row).kind);
    expect(kinds).toEqual(["malformed", "record"]);
  });

  it("ends where the pages are too many, or the process shuts down, and goes on from there", async () => {
    for (const id of [1, 2, 3, 4, 5]) await side.run(insert(id, `2020-03-03 1${id}:00:00`));
    // One question is for rows without a time.
    const limited = await read({ pagesMax: 2 });
    expect([limited.ids, limited.end?.reason]).toEqual([["1", "2"], "page_limit"]);
    const stop = new AbortController();
    const stopped = await read({}, { context: createTestContext(stop.signal), afterPage: async () => stop.abort() });
    expect([stopped.ids, stopped.end?.reason]).toEqual([["1", "2"], "aborted"]);
    expect((await read({}, { cursor: stopped.cursor })).ids).toEqual(["2", "3", "4", "5"]);
  });

  it.each([1, 2])("ends with every row as it last was, however it is written meanwhile (seed %i)", async (seed) => {
    const random = randomOf(seed);
    const below = (bound: number) => Math.floor(random() * bound);
    const held = new Map<number, string>();
    const taken = new Map<unknown, unknown>();
    let clockS = 0;
    let cursor: unknown = null;
    const startMs = Date.parse("2020-03-03T08:00:00+08:00");
    const write = async () => {
      clockS += below(3) * 20;
      // Up to the overlap behind the latest time: a transaction that took long.
      const time = formatShanghaiTime(startMs + (clockS - below(4) * 20) * 1_000);
      const id = below(12) + 1;
      const hours = `${below(90) + 1}.${below(10)}0`;
      if (held.has(id)) {
        await side.run(`UPDATE "学时上报" SET "学时" = ${hours}, "更新时间" = '${time}' WHERE "编号" = ${id}`);
      } else await side.run(insert(id, time, { hours }));
      held.set(id, hours);
    };
    for (let round = 0; round < 12; round += 1) {
      for (let writes = below(4); writes > 0; writes -= 1) await write();
      const pull = await read(
        { rowsPerPage: below(3) + 1 },
        { cursor, afterPage: () => (below(2) === 0 ? write() : Promise.resolve()) },
      );
      for (const row of pull.rows) taken.set(Number(row.编号), row.学时);
      cursor = pull.cursor;
    }
    const last = await read({}, { cursor });
    for (const row of last.rows) taken.set(Number(row.编号), row.学时);
    expect(taken).toEqual(held);
    expect(held.size).toBeGreaterThan(5);
  });
});

/** Park and Miller's generator: the same numbers from the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 7_919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
