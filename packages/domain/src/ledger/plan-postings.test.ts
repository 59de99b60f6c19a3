import { describe, expect, test } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import { planPostings } from "./plan-postings.ts";
import type { PostedStanding, Standing } from "./standing.ts";

const standing = (recordId: string, changes: Partial<Standing> = {}): Standing => ({
  practitionerId: "p",
  recordKey: `key-${recordId}`,
  slot: "",
  source: "quzhou-city",
  recordId,
  platform: "quzhou-city",
  state: "registered",
  code: null,
  hoursHundredths: 800,
  subject: "professional",
  attributedYear: 2020,
  obtainedOn: "2020-03-02" as LocalDate,
  pathway: null,
  title: "course",
  trace: "catalogue:103=3=professional",
  flags: "",
  note: null,
  sourceDigest: `digest-${recordId}`,
  updateTimeMs: 1,
  achievementKey: `achievement-${recordId}`,
  ...changes,
});
const posted = (sequence: number, recordId: string, changes: Partial<Standing> = {}): PostedStanding => ({
  ...standing(recordId, changes),
  sequence,
});
const plan = (derived: Standing[], before: PostedStanding[] = [], rivals: PostedStanding[] = []) =>
  (
    planPostings({ derived, posted: before, rivals, actor: "test", reason: null, note: null }).entries.get("p") ?? []
  ).map(({ body }) => [body.kind, body.recordId, body.state, body.hoursHundredths, body.reverses, body.reason]);

describe("planPostings", () => {
  test("a record that stands as it stood makes no entry, also when the same content was sent later", () => {
    expect(plan([standing("a", { updateTimeMs: 99 })], [posted(4, "a")])).toEqual([]);
  });

  test("a new record is posted", () => {
    expect(plan([standing("a")])).toEqual([["posting", "a", "registered", 800, null, "posted"]]);
  });

  test("a changed record is reversed and posted", () => {
    expect(plan([standing("a", { hoursHundredths: 600, sourceDigest: "new" })], [posted(4, "a")])).toEqual([
      ["reversal", "a", "registered", -800, 4, "superseded"],
      ["posting", "a", "registered", 600, null, "superseded"],
    ]);
  });

  test("a withdrawn record is reversed and stands as withdrawn", () => {
    const withdrawn = standing("a", {
      state: "withdrawn",
      code: "withdrawn",
      achievementKey: null,
      sourceDigest: "new",
    });
    expect(plan([withdrawn], [posted(4, "a")]).map(([kind, , state]) => [kind, state])).toEqual([
      ["reversal", "registered"],
      ["posting", "withdrawn"],
    ]);
  });

  test("a record that is no longer this person's is only reversed", () => {
    expect(plan([], [posted(4, "a")]).map(([kind]) => kind)).toEqual(["reversal"]);
  });

  test("of one achievement the highest hours count; when they go, the next counts", () => {
    const shared = { achievementKey: "one" };
    const low = posted(1, "low", { ...shared, hoursHundredths: 300 });
    const high = standing("high", { ...shared, hoursHundredths: 500 });
    expect(plan([high], [], [low])).toEqual([
      ["reversal", "low", "registered", -300, 1, "duplicate_changed"],
      ["posting", "high", "registered", 500, null, "posted"],
      ["posting", "low", "duplicate", 300, null, "duplicate_changed"],
    ]);
    const beaten = posted(3, "low", { ...shared, hoursHundredths: 300, state: "duplicate", code: "duplicate" });
    const gone = standing("high", {
      state: "not_registered",
      code: "not_registered",
      achievementKey: null,
      sourceDigest: "new",
    });
    const entries = plan([gone], [posted(2, "high", { ...shared, hoursHundredths: 500 })], [beaten]);
    expect(entries.filter(([kind]) => kind === "posting").map(([, id, state]) => [id, state])).toEqual([
      ["high", "not_registered"],
      ["low", "registered"],
    ]);
  });

  test("equal hours go to the lowest id, as strings", () => {
    const shared = { achievementKey: "one" };
    const states = plan([standing("a10", shared), standing("a9", shared)]).map(([, id, state]) => [id, state]);
    expect(states).toEqual([
      ["a10", "registered"],
      ["a9", "duplicate"],
    ]);
  });
});
