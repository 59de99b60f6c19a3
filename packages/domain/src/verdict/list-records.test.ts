import { expect, test } from "vitest";
import type { LocalDate, ProjectedRecord } from "../index.ts";
import { listUncounted } from "./list-records.ts";

const RECORD: ProjectedRecord = {
  ...{ recordKey: "k1", slot: "", recordId: "r1", source: "quzhou-city", platform: "quzhou-city", code: null },
  ...{ state: "registered", hoursHundredths: 800, subject: "professional", attributedYear: 2020, flags: "" },
  ...{ obtainedOn: "2020-03-01" as LocalDate, updateTimeMs: 1 },
  ...{ pathway: null, recognition: "as-registered", assessedOn: null },
};
const held = (slot: string, changes: Partial<ProjectedRecord>): ProjectedRecord => ({
  ...{ ...RECORD, slot, state: "held", code: "identity_conflict", ...changes },
});

test("rows of one record come in one order, whatever the order in which they were posted", () => {
  const rows = [
    held("s1", { subject: "professional" }),
    held("s2", { subject: "industry_common" }),
    held("s3", { hoursHundredths: null }),
    held("s4", { subject: null }),
    held("s5", { state: "refused", code: "hours_invalid" }),
    RECORD,
  ];
  const listed = listUncounted(rows, null, "no_rule_in_force");
  expect(listed.map(({ code }) => code)).toEqual([
    ...["hours_invalid", "identity_conflict", "identity_conflict", "identity_conflict", "identity_conflict"],
    "no_rule_in_force",
  ]);
  for (let first = 0; first < rows.length; first += 1) {
    const turned = [...rows.slice(first), ...rows.slice(0, first)];
    expect(listUncounted(turned, null, "no_rule_in_force")).toEqual(listed);
    expect(listUncounted(turned.toReversed(), null, "no_rule_in_force")).toEqual(listed);
  }
});

test("a row that a later version has settled is no longer listed, a flagged record is", () => {
  const rows = [held("s1", { flags: "updated_before_obtained,settled_later" }), { ...RECORD, flags: "settled_later" }];
  expect(listUncounted(rows, [], "delegated")).toMatchObject([{ code: "registered_elsewhere" }]);
  expect(listUncounted(rows.slice(0, 1), [], "delegated")).toEqual([]);
});
