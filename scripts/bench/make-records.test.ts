import { parseRecord } from "@xueshi/contracts";
import { parseResidentId } from "@xueshi/domain";
import { expect, test } from "vitest";
import { makeRecords, peopleOf } from "./make-records.ts";

test("every made record is well-formed, and no two are the same", () => {
  const records = makeRecords(9_999, 60);
  const parsed = records.map((record) => parseRecord(record, "demo-training", 0, "en"));
  expect(parsed.filter(({ ok }) => !ok)).toEqual([]);
  const ids = parsed.flatMap((one) => (one.ok ? [parseResidentId(one.record.idNumber)] : []));
  expect(ids).not.toContain(null);
  expect(new Set(ids).size).toBe(peopleOf(60));
  expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(60);
});
