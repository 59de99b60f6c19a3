import { readRecordKeysOf, writeBatch, writePersonMerge } from "@xueshi/database";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { findBroken } from "../testing/read-ledger.ts";
import { openTestLedger, personId, type TestLedger } from "../testing/test-ledger.ts";
import { decideRecord } from "./decide-record.ts";
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

const [wrong, right] = [personId("wrong id"), personId("right id")];
const post = (batchId: string) => postBatch(ledger.context, batchId);

/** What an operator decides of the wrong id, as admission keeps it; null takes it back. */
async function decide(into: string | null): Promise<string> {
  ledger.clock.advance(1_000);
  const decisionId = ledger.context.newId();
  await ledger.sql.begin(async (tx) => {
    await writePersonMerge(tx, {
      ...{ practitionerId: wrong, decidedAtMs: ledger.clock(), decisionId, intoPractitionerId: into },
      ...{ reason: into === null ? "two people" : "one person", document: "letter 5", actor: "operator-1" },
    });
    await writeBatch(tx, {
      ...{ batchId: decisionId, source: "operator", origin: "decision", pullId: null, closesPull: false },
      ...{ completeUntilMs: null, receivedAtMs: ledger.clock(), rowCount: 0, counts: {}, receipts: [] },
      recordKeys: await readRecordKeysOf(tx, [wrong]),
      practitionerIds: [wrong, right],
    });
  });
  return decisionId;
}

/** Record, state and hours of what stands in a person's chain. */
async function chainOf(practitionerId: string): Promise<string[]> {
  const rows = await ledger.sql<{ text: string }[]>`
    SELECT concat_ws(' ', entry.record_id, state.state, entry.hours_hundredths) AS text
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    WHERE state.practitioner_id = ${practitionerId} ORDER BY 1`;
  return rows.map(({ text }) => text);
}

const balanceOf = async (practitionerId: string) => {
  const [row] = await ledger.sql<{ sum: number }[]>`
    SELECT coalesce(sum(hours_hundredths), 0)::int AS sum FROM projection.balance
    WHERE practitioner_id = ${practitionerId}`;
  return row?.sum;
};

it("all records of a wrong id move to the right one, count once with its own, and come back", async () => {
  await post(
    await ledger.store({
      versions: [
        { recordId: "r1", person: "wrong id", title: "课程", hoursHundredths: 800 },
        { recordId: "r2", person: "wrong id", nameDigest: "ab".repeat(32) },
        { recordId: "r3", person: "wrong id", title: "别的" },
        { recordId: "s1", person: "right id", title: "《课程》", hoursHundredths: 900 },
      ],
      refusals: [{ recordId: "r4", person: "wrong id" }],
    }),
  );
  const before = [await chainOf(wrong), await chainOf(right)];
  const merged = await decide(right);
  expect(await post(merged)).toBe("posted");
  expect(await chainOf(wrong)).toEqual([]);
  expect(await chainOf(right)).toEqual([
    ...["r1 duplicate 800", "r2 held 800", "r3 registered 800", "r4 refused", "s1 registered 900"],
  ]);
  expect([await balanceOf(wrong), await balanceOf(right)]).toEqual([0, 1_700]);
  const notes = await ledger.sql`
    SELECT DISTINCT kind, reason, actor, note FROM ledger.entry JOIN ledger.posting USING (posting_id, reason, actor)
    WHERE batch_id = ${merged}`;
  for (const row of notes)
    expect(row).toMatchObject({ reason: "decided", note: "one person (letter 5)", actor: "operator-1" });
  // What still comes under the wrong id follows, whoever only knows the one person.
  await post(await ledger.store({ versions: [{ recordId: "r5", person: "wrong id", title: "后来" }] }));
  expect(await chainOf(right)).toContain("r5 registered 800");
  expect(await chainOf(wrong)).toEqual([]);
  expect(await post(await decide(null))).toBe("posted");
  expect(await chainOf(wrong)).toEqual([...(before[0] ?? []), "r5 registered 800"].sort());
  expect(await chainOf(right)).toEqual(before[1]);
});

it("a posting between the decision and its own posting leaves nothing in two chains", async () => {
  const versions = [{ recordId: "r1", person: "wrong id" }];
  await post(await ledger.store({ versions: [...versions, { recordId: "s1", person: "right id" }] }));
  const merged = await decide(right);
  await post(
    await ledger.store({
      versions: [{ recordId: "r1", person: "wrong id", updateTimeMs: 2_000, hoursHundredths: 900 }],
    }),
  );
  expect([await chainOf(wrong), await chainOf(right)]).toEqual([[], ["r1 registered 900", "s1 registered 800"]]);
  const undone = await decide(null);
  await post(
    await ledger.store({
      versions: [{ recordId: "r1", person: "wrong id", updateTimeMs: 3_000, hoursHundredths: 950 }],
    }),
  );
  expect([await chainOf(wrong), await chainOf(right)]).toEqual([["r1 registered 950"], ["s1 registered 800"]]);
  expect([await post(undone), await post(merged)]).toEqual(["posted", "posted"]);
  expect([await chainOf(wrong), await chainOf(right)]).toEqual([["r1 registered 950"], ["s1 registered 800"]]);
});

it("an operator's subject is posted where the record stands", async () => {
  const versions = [
    { recordId: "r1", person: "wrong id", subjectCode: "999" },
    { recordId: "s1", person: "right id" },
  ];
  await post(await ledger.store({ versions }));
  await post(await decide(right));
  const [row] = await ledger.sql<{ key: string }[]>`
    SELECT record_key AS key FROM projection.record_state WHERE state = 'unclassified'`;
  const said = { subject: "professional", counts: false, reason: "looked at", document: null, actor: "operator-1" };
  expect(await decideRecord(ledger.context, { recordKey: row?.key ?? "", ...said })).toMatchObject({
    ...{ kind: "decided", state: "registered" },
  });
  expect(await chainOf(right)).toEqual(["r1 registered 800", "s1 registered 800"]);
});
