import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readTotals } from "./read-totals.ts";

const folder = mkdtempSync(join(tmpdir(), "xueshi-totals-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string) => {
  writeFileSync(join(folder, "totals.csv"), text);
  return readTotals(join(folder, "totals.csv"));
};

it("reads periods and days, in either language", async () => {
  expect(await read("\uFEFF起始日期,截止日期,条数,学时\r\n2020-01-01,2020-12-31,3,9.5\r\n\r\n")).toEqual([
    { from: "2020-01-01", until: "2020-12-31", records: 3, hours: 9.5 },
  ]);
  expect(await read("hours, day,records\n0,2020-01-01,0\n")).toEqual([
    { from: "2020-01-01", until: "2020-01-01", records: 0, hours: 0 },
  ]);
});

it.each([
  ["day,records\n2020-01-01,1\n", "header"],
  ["day,records,hours\n2020-01-01,1,8\n2020-01-02,,8\n", "Line 3"],
  ["day,records,hours\n2020-01-01,1,eight\n", "Line 2"],
])("says what is wrong with %j", async (text, place) => {
  await expect(read(text)).rejects.toMatchObject({ text: { en: expect.stringContaining(place) } });
});
