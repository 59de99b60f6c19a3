import { connect, writeTombstones } from "@xueshi/database";
import { backendOf, waitUntilBlocked } from "@xueshi/database/testing";
import type { HttpProblem } from "@xueshi/http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { openTestLedger, personId, recordKey, type TestLedger } from "../testing/test-ledger.ts";
import { proposeCorrection } from "./corrections/propose-correction.ts";
import { decideRecord } from "./decide-record.ts";
import { postBatch } from "./post-batch.ts";

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
});
afterEach(() => ledger.empty());
afterAll(() => ledger.close());

const ZHANG = personId("zhang");
const SAID = { reason: "consent_withdrawn", document: "a letter", basis: "a law", actor: "alice+bob" };

const post = (batchId: string) => postBatch(ledger.context, batchId);
const chain = () => ledger.sql<{ kind: string; state: string | null; reason: string; name: string | null }[]>`
  SELECT kind, state, reason, encode(name_digest, 'hex') AS name, note, actor FROM ledger.entry
  WHERE practitioner_id = ${ZHANG} ORDER BY sequence`;

/** What admission writes when it erases somebody. */
async function erase(): Promise<string> {
  const batchId = await ledger.store({ people: ["zhang"], origin: "decision", source: "operator" });
  await ledger.sql.begin((tx) =>
    writeTombstones(tx, [{ practitionerId: ZHANG, erasureId: batchId, erasedAtMs: ledger.clock(), ...SAID }]),
  );
  return batchId;
}

beforeEach(async () => {
  await post(
    await ledger.store({
      versions: [
        { recordId: "r1", person: "zhang" },
        { recordId: "r2", person: "li" },
      ],
    }),
  );
});

it("an erasure closes the chain with an entry that says so, and by which no name is known any more", async () => {
  const before = await chain();
  expect(await post(await erase())).toBe("posted");
  const after = await chain();
  expect(after.slice(0, -1)).toEqual(before);
  const note = "consent_withdrawn: a law (a letter)";
  expect(after.at(-1)).toEqual({
    kind: "identity",
    state: null,
    reason: "erased",
    name: null,
    note,
    actor: SAID.actor,
  });
  expect(await ledger.sql`SELECT name_digest AS name FROM ledger.head WHERE practitioner_id = ${ZHANG}`).toEqual([
    { name: null },
  ]);
});

it("also of somebody of whom no name was ever known, as where all rows were refused", async () => {
  const ofNobody = { recordId: "r9", person: "wang", code: "hours_invalid" as const };
  await post(await ledger.store({ refusals: [ofNobody] }));
  const batchId = await ledger.store({ people: ["wang"], origin: "decision" });
  await ledger.sql.begin((tx) =>
    writeTombstones(tx, [{ practitionerId: personId("wang"), erasureId: batchId, erasedAtMs: 1, ...SAID }]),
  );
  await post(batchId);
  const rows =
    await ledger.sql`SELECT kind FROM ledger.entry WHERE practitioner_id = ${personId("wang")} ORDER BY sequence`;
  expect(rows.map(({ kind }) => kind)).toEqual(["posting", "identity"]);
});

it("nothing is posted to a closed chain: neither what was stored before it was closed nor what is decided after", async () => {
  const waiting = await ledger.store({
    versions: [
      { recordId: "r3", person: "zhang" },
      { recordId: "r4", person: "li" },
    ],
  });
  await post(await erase());
  const closed = await chain();
  expect(await post(waiting)).toBe("posted");
  const decided = { recordKey: recordKey("r1"), subject: "general_common", counts: false } as const;
  const because = { reason: "looked", document: null, actor: "operator" };
  expect(await decideRecord(ledger.context, { ...decided, ...because })).toEqual({ kind: "erased" });
  expect(await chain()).toEqual(closed);
  const li =
    await ledger.sql`SELECT record_id AS id FROM ledger.entry WHERE practitioner_id = ${personId("li")} AND kind = 'posting'`;
  expect(li.map(({ id }) => id).sort()).toEqual(["r2", "r4"]);
});

it("a batch of another decision about somebody erased closes nothing a second time", async () => {
  await post(await erase());
  const closed = await chain();
  const other = await ledger.store({ people: ["zhang"], origin: "decision" });
  await post(other);
  expect(await chain()).toEqual(closed);
});

it("records of somebody erased are corrected neither by their keys nor by what they say", async () => {
  await post(await erase());
  const context = { ...ledger.context, fourEyes: new Set<never>() };
  const ask = (request: object) =>
    proposeCorrection(context, {
      request: { kind: "withdrawal", reason: "x", ...request } as never,
      ...{ holder: "alice", receivedAtMs: ledger.clock(), idempotencyKey: null, language: "en" },
    });
  const refused = await ask({ recordKeys: [recordKey("r2"), recordKey("r1")] }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "correction_records_unknown" });
  expect((refused as HttpProblem).errors).toMatchObject([{ path: "recordKeys[1]", code: "erased" }]);
  const { correctionId } = await ask({ filter: { source: "quzhou-city" } });
  const found =
    await ledger.sql`SELECT record_id AS id FROM ledger.correction_record WHERE correction_id = ${correctionId}`;
  expect(found).toEqual([{ id: "r2" }]);
});

it("an erasure that ends while a batch is being read is seen by all that is read of it", async () => {
  const newer = { recordId: "r1", person: "zhang", nameDigest: "0f".repeat(32), updateTimeMs: 2_000 };
  await post(await ledger.store({ versions: [newer] }));
  const before = await chain();
  expect(before.at(-1)).toMatchObject({ state: "held" });
  const waiting = await ledger.store({ versions: [{ recordId: "r1", person: "zhang", updateTimeMs: 500 }] });
  const observer = connect({ url: ledger.database.url, connectionsMax: 1, applicationName: "observer" });
  const blocker = await backendOf(ledger.sql);
  let posting: Promise<unknown> = Promise.resolve();
  await ledger.sql.begin(async (erasing) => {
    // Whoever reads versions waits for the erasure, whatever was read before.
    await erasing`LOCK TABLE admission.version`;
    posting = post(waiting);
    posting.catch(() => {});
    await waitUntilBlocked(observer, blocker);
    const erasureId = personId("erasure");
    await erasing`UPDATE admission.version SET voided_by = ${erasureId} WHERE update_time = to_timestamp(2)`;
    await writeTombstones(erasing, [{ practitionerId: ZHANG, erasureId, erasedAtMs: ledger.clock(), ...SAID }]);
  });
  await observer.end({ timeout: 5 });
  expect(await posting).toBe("posted");
  expect(await chain()).toEqual(before);
});
