import { readPeopleEntries, readPlatformMarks, updateIdentities } from "@xueshi/database";
import { type LocalDate, projectPerson } from "@xueshi/domain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countWritten, findBroken, readStanding } from "../testing/read-ledger.ts";
import { NOW_MS, nameDigest, openTestLedger, personId, type TestLedger } from "../testing/test-ledger.ts";
import { handlePostBatch, postForgotten } from "./post-batch.job.ts";
import { postBatch } from "./post-batch.ts";

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const PULL = "018f22e2-79b0-7000-8000-000000000001";
const post = (batchId: string) => postBatch(ledger.context, batchId);

describe("posting a batch", () => {
  it("writes entries, states and balances once, however often it is told", async () => {
    const versions = [
      { recordId: "r1", person: "wang" },
      { recordId: "r2", person: "li", subjectCode: "999" },
    ];
    const batchId = await ledger.store({ versions, refusals: [{ recordId: "r3", person: "wang" }] });
    expect(await post(batchId)).toBe("posted");
    const written = await countWritten(ledger.sql);
    // Two identities, and one posting for each row.
    expect(written).toEqual({ entries: 5, postings: 1, heads: 2, marks: 0, states: 3, balances: 1, posted: 1 });
    expect(await readStanding(ledger.sql)).toEqual([
      "r1 registered 800 professional",
      "r2 unclassified 800",
      "r3 refused refused",
    ]);
    expect(await post(batchId)).toBe("already_posted");
    expect(await countWritten(ledger.sql)).toEqual(written);
  });

  it("knows no batch that is not there", async () => {
    expect(await post(PULL)).toBe("unknown_batch");
  });

  it("has one effect when several posters are told at once", async () => {
    const batchId = await ledger.store({ versions: [{ recordId: "r1", person: "wang" }] });
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => post(batchId)));
    expect(outcomes.filter((outcome) => outcome === "posted")).toHaveLength(1);
    for (const outcome of outcomes) expect(["posted", "busy", "already_posted"]).toContain(outcome);
    expect(await countWritten(ledger.sql)).toMatchObject({ entries: 2, postings: 1 });
  });

  it("loses nothing and deadlocks nowhere when batches share people and are posted at once, in any order", async () => {
    const people = Array.from({ length: 12 }, (_, index) => `person ${index}`);
    const batches: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const turned = [...people.slice(turn), ...people.slice(0, turn)];
      const inOrder = turn % 2 === 0 ? turned : turned.toReversed();
      const versions = inOrder.map((person) => ({
        recordId: `${person} ${turn}`,
        person,
        hoursHundredths: 100 + turn,
      }));
      batches.push(await ledger.store({ versions }));
    }
    const outcomes = await Promise.all([...batches, ...batches.toReversed()].map(post));
    expect(outcomes.filter((outcome) => outcome === "posted")).toHaveLength(batches.length);
    expect(await countWritten(ledger.sql)).toMatchObject({ entries: 12 * 9, states: 96, balances: 12, posted: 8 });
    const sums = await ledger.sql<{ sum: number }[]>`SELECT DISTINCT hours_hundredths AS sum FROM projection.balance`;
    expect(sums).toEqual([{ sum: 828 }]);
  });

  it("posts when an assessment was passed, and reverses with what was posted when that changes", async () => {
    const live = { recordId: "r1", person: "wang", pathway: "live" };
    await post(await ledger.store({ versions: [live] }));
    const assessedOn = "2020-03-05" as LocalDate;
    await post(await ledger.store({ versions: [{ ...live, assessedOn, updateTimeMs: 2_000 }] }));
    const rows = await ledger.sql`
      SELECT kind, state, pathway, assessed_on AS "assessedOn" FROM ledger.entry WHERE kind <> 'identity' ORDER BY sequence`;
    expect(rows).toEqual([
      { kind: "posting", state: "registered", pathway: "live", assessedOn: null },
      { kind: "reversal", state: "registered", pathway: "live", assessedOn: null },
      { kind: "posting", state: "registered", pathway: "live", assessedOn },
    ]);
    const [person] = await readPeopleEntries(ledger.sql, [personId("wang")], NOW_MS * 2);
    expect(projectPerson(person?.[1] ?? []).records).toMatchObject([{ pathway: "live", assessedOn }]);
  });

  it("locks whoever a record moved from, though the batch does not name them", async () => {
    await post(await ledger.store({ versions: [{ recordId: "r1", person: "wang" }] }));
    const moved = { recordId: "r1", person: "li", updateTimeMs: 2_000 };
    expect(await post(await ledger.store({ versions: [moved], people: ["li"] }))).toBe("posted");
    expect(await readStanding(ledger.sql)).toEqual(["r1 registered 800 professional"]);
    const owners = await ledger.sql<{ id: string }[]>`SELECT practitioner_id AS id FROM projection.record_state`;
    expect(owners).toEqual([{ id: personId("li") }]);
  });

  it("states a changed name in the chain and decides again what rested on it", async () => {
    await post(await ledger.store({ versions: [{ recordId: "r1", person: "wang" }] }));
    const practitionerId = personId("wang");
    const other = nameDigest("someone else");
    await ledger.sql.begin((tx) => {
      const seal = { wrappedKey: Buffer.from("k"), sealed: Buffer.from("s") };
      const said = { nameVariantDigest: null, claimedAtMs: 1, claimSource: "a", claimRecordId: "b", seal };
      const claim = { practitionerId, nameDigest: other, ...said };
      return updateIdentities(tx, [claim]);
    });
    const named = { recordId: "r2", person: "wang", nameDigest: other };
    const batchId = await ledger.store({ versions: [named, { recordId: "r1", person: "wang" }] });
    expect(await post(batchId)).toBe("posted");
    expect(await readStanding(ledger.sql)).toEqual(["r1 held held 800 professional", "r2 registered 800 professional"]);
    const kinds = await ledger.sql<{ kind: string }[]>`SELECT kind FROM ledger.entry ORDER BY sequence`;
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "identity",
      "posting",
      "identity",
      "reversal",
      "posting",
      "posting",
    ]);
  });

  it("never lets a person's time run backwards, whatever the poster's clock says", async () => {
    await post(await ledger.store({ versions: [{ recordId: "r1", person: "wang" }] }));
    ledger.clock.advance(-3_600_000);
    await post(await ledger.store({ versions: [{ recordId: "r2", person: "wang" }] }));
    const times = await ledger.sql<{ at: number }[]>`SELECT DISTINCT recorded_at AS at FROM ledger.entry`;
    expect(times).toEqual([{ at: NOW_MS }]);
  });
});

describe("the batch that closes a pull", () => {
  const completeUntilMs = NOW_MS - 60_000;
  const closing = (pullId = PULL, until: number | null = completeUntilMs) =>
    ledger.store({ pullId, closes: { completeUntilMs: until } });

  it("waits until every pulled row of its platform is posted, and then marks it", async () => {
    const rows = await ledger.store({ pullId: PULL, versions: [{ recordId: "r1", person: "wang" }] });
    const batchId = await closing();
    const elsewhere = { source: "zj-industry", versions: [{ recordId: "r9", person: "li" }] };
    await ledger.store(elsewhere);
    expect(await post(batchId)).toBe("waiting");
    expect(await readPlatformMarks(ledger.sql)).toEqual([]);
    await post(rows);
    expect(await post(batchId)).toBe("posted");
    expect(await readPlatformMarks(ledger.sql)).toEqual([
      { platform: "quzhou-city", completeUntilMs, outcome: "complete", recordedAtMs: NOW_MS },
    ]);
    expect(await post(batchId)).toBe("already_posted");
    expect(await readPlatformMarks(ledger.sql)).toHaveLength(1);
  });

  it("of a pull that was cut off moves nothing, but says so", async () => {
    await post(await closing(PULL, null));
    const marks = [{ platform: "quzhou-city", completeUntilMs: null, outcome: "partial", recordedAtMs: NOW_MS }];
    expect(await readPlatformMarks(ledger.sql)).toEqual(marks);
  });

  it("follows whoever posts the last of the others, and the sweep finds it too", async () => {
    const first = await ledger.store({ pullId: PULL, versions: [{ recordId: "r1", person: "wang" }] });
    await closing();
    await handlePostBatch(ledger.context, { batchId: first });
    expect(await readPlatformMarks(ledger.sql)).toHaveLength(1);
    await closing("018f22e2-79b0-7000-8000-000000000002");
    await ledger.store({ pullId: PULL, versions: [{ recordId: "r2", person: "wang" }] });
    const failures: unknown[] = [];
    await postForgotten(ledger.context, NOW_MS, (batchId, error) => failures.push([batchId, error]));
    expect(failures).toEqual([]);
    expect(await readPlatformMarks(ledger.sql)).toHaveLength(2);
    expect(await countWritten(ledger.sql)).toMatchObject({ posted: 4 });
  });

  it("is never marked before an entry of its pull, whatever the clocks of the posters say", async () => {
    const rows = await ledger.store({ pullId: PULL, versions: [{ recordId: "r1", person: "wang" }] });
    await post(await ledger.store({ versions: [{ recordId: "r0", person: "wang" }], source: "zj-industry" }));
    const batchId = await closing();
    ledger.clock.advance(-3_600_000);
    await post(rows);
    ledger.clock.advance(-3_600_000);
    await post(batchId);
    expect(await readPlatformMarks(ledger.sql)).toMatchObject([{ recordedAtMs: NOW_MS }]);
  });
});
