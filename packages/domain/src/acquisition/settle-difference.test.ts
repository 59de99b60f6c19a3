import { describe, expect, it } from "vitest";
import type { RecordLine } from "./record-line.ts";
import { type ArrivedLine, isMendedByPull, settleDifference } from "./settle-difference.ts";

const at = (time: string) => Date.parse(`${time}+08:00`);
const DUE_BEFORE = at("2020-03-10T00:00:00");
const there = (time: string, hoursHundredths: number | null = 800, status: RecordLine["status"] = "final") => ({
  ...{ recordId: "r", updateTimeMs: at(time), hoursHundredths, status },
});
const here = (time: string | null, content: ArrivedLine["content"] = { hoursHundredths: 800, status: "final" }) => ({
  ...{ recordId: "r", updateTimeMs: time === null ? null : at(time), content },
});
const MARCH_2 = "2020-03-02T08:00:00";
const MARCH_3 = "2020-03-03T08:00:00";

describe("a record that two sides did not say alike", () => {
  it.each<[string, ArrivedLine[], RecordLine | null, object]>([
    ["is equal by now", [here(MARCH_3)], there(MARCH_3), { kind: "equal" }],
    [
      "is equal to one of two rivals",
      [here(MARCH_3, { hoursHundredths: 1, status: "final" }), here(MARCH_3)],
      there(MARCH_3),
      { kind: "equal" },
    ],
    [
      "is withdrawn, whatever its hours",
      [here(MARCH_2, { hoursHundredths: null, status: "withdrawn" })],
      there(MARCH_2, 5, "withdrawn"),
      { kind: "equal" },
    ],
    ["arrived, though nothing of it is kept", [here(MARCH_2, null)], there(MARCH_2), { kind: "equal" }],
    ["arrived without a time", [here(null, null)], there(MARCH_2), { kind: "equal" }],
    ["is not here", [], there(MARCH_2), { kind: "missing_here", day: "2020-03-02" }],
    ["is not there", [here(MARCH_2)], null, { kind: "missing_there", day: "2020-03-02" }],
    ["has another time", [here(MARCH_2)], there(MARCH_3), { kind: "differs", day: "2020-03-03" }],
    ["has other hours", [here(MARCH_2)], there(MARCH_2, 801), { kind: "differs" }],
    ["has another status", [here(MARCH_2)], there(MARCH_2, 800, "pending"), { kind: "differs" }],
    ["of which what is kept has another time", [here(MARCH_2, null)], there(MARCH_3), { kind: "differs" }],
    ["changed there since", [here(MARCH_2)], there("2020-03-10T00:00:00"), { kind: "not_due" }],
    ["changed there just before", [here(MARCH_2)], there("2020-03-09T23:59:59.999"), { kind: "differs" }],
    ["came here since", [here("2020-03-10T00:00:00")], there(MARCH_2), { kind: "not_due" }],
    ["came here since, and is not there", [here("2020-03-11T00:00:00")], null, { kind: "not_due" }],
    ["is new there", [], there("2020-03-11T00:00:00"), { kind: "not_due" }],
  ])("%s", (_case, own, other, settlement) => {
    expect(settleDifference(own, other, DUE_BEFORE)).toMatchObject(settlement);
  });

  it("may be mended by reading again unless the other side has it not, or ours is the later one", () => {
    expect(isMendedByPull(null, there(MARCH_2))).toBe(true);
    expect(isMendedByPull(here(MARCH_2), there(MARCH_2))).toBe(true);
    expect(isMendedByPull(here(MARCH_2), there(MARCH_3))).toBe(true);
    expect(isMendedByPull(here(MARCH_3), there(MARCH_2))).toBe(false);
    expect(isMendedByPull(here(MARCH_3), null)).toBe(false);
  });
});
