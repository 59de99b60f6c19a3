import { describe, expect, it } from "vitest";
import { exampleVersion } from "../testing/examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { sessionsOverlap } from "./overlapping-sessions.ts";
import type { RecordVersion } from "./record-version.ts";

const day = (number: number) => `2020-03-0${number}` as LocalDate;
const session = (title: string, from: number, until: number | null, changes: Partial<RecordVersion> = {}) =>
  exampleVersion({
    ...{ title, pathway: "面授", studiedFrom: day(from), studiedUntil: until === null ? null : day(until) },
    ...{ obtainedOn: day(9), ...changes },
  });

describe("sessions of one person", () => {
  it.each<[string, boolean, RecordVersion, RecordVersion]>([
    ["share a day", true, session("甲", 1, 3), session("乙", 3, 4)],
    ["are one within the other", true, session("甲", 1, 5), session("乙", 2, 3)],
    ["follow each other", false, session("甲", 1, 2), session("乙", 3, 4)],
    ["are of the same thing", false, session("甲（1）", 1, 3), session("甲(1)", 3, 4)],
    ["one is online", false, session("甲", 1, 3), session("乙", 2, 3, { pathway: "网络学习" })],
    ["one is a draft", false, session("甲", 1, 3), session("乙", 2, 3, { status: "pending" })],
    ["one has no days", false, session("甲", 1, 3), session("乙", 2, 3, { studiedFrom: null })],
    ["last until they were obtained", true, session("甲", 1, null), session("乙", 5, 6)],
    ["are a conference and a class", true, session("甲", 1, 3, { pathway: "Conference" }), session("乙", 2, 2)],
  ])("%s: %s", (_what, expected, left, right) => {
    expect(sessionsOverlap(left, right)).toBe(expected);
    expect(sessionsOverlap(right, left)).toBe(expected);
  });
});
