import type { SqlMarkAsTaken } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BY_MARK, county, insert, pullCounty, SIDES, type Side } from "./testing/staged-county.ts";

const TIME = "2020-03-03 08:00:00";

describe.each(SIDES)("a staging table in %s, whose rows are marked as taken", (_name, open) => {
  let side: Side;
  const read = (mark: Partial<SqlMarkAsTaken> = {}, options: Parameters<typeof pullCounty>[2] = {}) =>
    pullCounty(side, county(side, { ...BY_MARK, ...mark }), options);
  /** The ids that carry the mark. */
  const taken = async (mark: Partial<SqlMarkAsTaken> = {}) =>
    (await read({ ...mark, pendingValue: mark.takenValue ?? BY_MARK.takenValue, takenValue: "" })).ids;

  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side?.close());
  beforeEach(async () => {
    await side.makeTable();
    for (const id of [1, 2, 3]) await side.run(insert(id, TIME));
  });

  it("marks what is acknowledged, also when the pull is long over, and gives the others again", async () => {
    const first = await read();
    expect([first.ids, first.end]).toMatchObject([["1", "2", "3"], { outcome: "complete", advertisedTotal: 3 }]);
    expect(await taken()).toEqual([]);
    await first.pages[0]?.acknowledge?.();
    expect(await taken()).toEqual(["1", "2"]);
    expect((await read()).ids).toEqual(["3"]);
    await first.acknowledge();
    expect(await taken()).toEqual(["1", "2", "3"]);
    await side.run(`DELETE FROM "学时上报" WHERE "取走时间" IS NOT NULL`);
    expect(await taken()).toEqual([]);
  });

  it("marks a page while the next one is read", async () => {
    const { ids } = await read({}, { afterPage: (page) => page.acknowledge?.() ?? Promise.resolve() });
    expect([ids, await taken()]).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
  });

  it("leaves a row pending that the other side changed between read and mark", async () => {
    const first = await read();
    await side.run(`UPDATE "学时上报" SET "学时" = 2.00 WHERE "编号" = 2`);
    await first.acknowledge();
    expect((await read()).rows).toMatchObject([{ 编号: "2", 学时: "2.00" }]);
    expect(await taken()).toEqual(["1", "3"]);
  });

  it("leaves a mark alone that the other side wrote meanwhile", async () => {
    const first = await read();
    await side.run(`UPDATE "学时上报" SET "已取" = 9 WHERE "编号" = 2`);
    await first.acknowledge();
    expect([await taken(), await taken({ takenValue: 9 })]).toEqual([["1", "3"], ["2"]]);
  });

  it("gives everything again when the process ended between storing and marking", async () => {
    const first = await read();
    expect(first.ids).toEqual(["1", "2", "3"]);
    expect((await read()).rows).toEqual(first.rows);
  });

  it("rejects an acknowledgement that cannot be written, and marks nothing of it", async () => {
    const first = await read({ takenAtColumn: "没有这一列" });
    await expect(first.acknowledge()).rejects.toMatchObject({ reason: "schema_drift" });
    expect(await taken()).toEqual([]);
  });

  it("reads without the right to write", async () => {
    const first = await read({}, { afterPage: () => side.run(insert(4, TIME)).catch(() => {}) });
    expect(first.end).toMatchObject({ outcome: "complete" });
  });

  it("takes null for the mark of what is pending, and words for marks", async () => {
    await side.makeTable({ mark: "varchar(10)", pending: "NULL" });
    for (const id of [1, 2, 3]) await side.run(insert(id, TIME));
    const byNull: Partial<SqlMarkAsTaken> = { pendingValue: null, takenValue: "B1", takenAtColumn: null };
    await (await read(byNull)).acknowledge();
    expect([(await read(byNull)).ids, await taken(byNull)]).toEqual([[], ["1", "2", "3"]]);
    const backToNull: Partial<SqlMarkAsTaken> = { pendingValue: "B1", takenValue: null };
    await (await read(backToNull)).acknowledge();
    expect((await read(byNull)).ids).toEqual(["1", "2", "3"]);
  });

  it("marks columns that hold a truth value or a bit", async () => {
    await side.makeTable(
      side.dialect === "mysql" ? { mark: "bit(1)", pending: "b'0'" } : { mark: "boolean", pending: "false" },
    );
    for (const id of [1, 2, 3]) await side.run(insert(id, TIME));
    const first = await read();
    expect(first.ids).toEqual(["1", "2", "3"]);
    await first.acknowledge();
    expect([(await read()).ids, (await read({ pendingValue: 1 })).ids]).toEqual([[], ["1", "2", "3"]]);
  });

  it.each(["bigint", "decimal(20,0)"])("marks exactly the rows of large ids that are %s", async (id) => {
    await side.makeTable({ id });
    for (const large of ["9007199254740992", "9007199254740993", "9007199254740994"])
      await side.run(insert(large, TIME));
    const first = await read();
    await first.pages[1]?.acknowledge?.();
    expect((await read()).ids).toEqual(["9007199254740992", "9007199254740993"]);
    await side.run(`UPDATE "学时上报" SET "学时" = 2 WHERE "编号" = 9007199254740992`);
    await first.pages[0]?.acknowledge?.();
    expect((await read()).rows).toMatchObject([{ 编号: "9007199254740992", 学时: "2.00" }]);
  });

  it("marks exactly the rows of ids that are text, whatever else looks the same to the table", async () => {
    await side.makeTable({ id: side.dialect === "mysql" ? "varchar(20) COLLATE gbk_bin" : "varchar(20)" });
    for (const id of ["学-1", "AB", "啊"]) await side.run(insert(id, TIME));
    const first = await read();
    await side.run(insert("ab", TIME));
    await first.acknowledge();
    expect((await read()).ids).toEqual(["ab"]);
  });

  it("is not complete when pending rows vanish while they are read", async () => {
    const remove = 'DELETE FROM "学时上报" WHERE "编号" = 3';
    const { end } = await read({}, { afterPage: (_, index) => (index === 0 ? side.run(remove) : Promise.resolve()) });
    expect(end).toMatchObject({ outcome: "partial", reason: "total_not_reached" });
  });
});
