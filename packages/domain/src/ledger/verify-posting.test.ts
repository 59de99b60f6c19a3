import { describe, expect, it, test } from "vitest";
import { type KeptBatch, type KeptPosting, type PostingSum, verifyBatch, verifyPosting } from "./verify-posting.ts";

const posting: KeptPosting = {
  postingId: "posting-1",
  batchId: "batch-1",
  reason: "batch",
  actor: "ledger-service",
  recordedAtMs: 1_000,
  entryCount: 3,
};
const sum: PostingSum = {
  postingId: "posting-1",
  entryCount: 3,
  recordedAtMs: 1_000,
  actors: ["ledger-service", "ledger-service"],
  recordEntries: 2,
  statedEntries: 0,
  statedReasons: [null, null],
};
const batch: KeptBatch = { batchId: "batch-1", origin: "push", people: 2, postedAtMs: 1_000 };
const decided = { ...posting, reason: "decided" };
const decidedSum: PostingSum = { ...sum, statedEntries: 2, statedReasons: ["decided", "decided"] };

describe("a posting", () => {
  const fields = (kept: KeptPosting | null, of: PostingSum | null) => verifyPosting(kept, of).map(({ field }) => field);

  it("that says what its entries say is sound, also one without entries", () => {
    expect(fields(posting, sum)).toEqual([]);
    expect(fields(decided, decidedSum)).toEqual([]);
    expect(fields({ ...posting, entryCount: 0 }, null)).toEqual([]);
  });

  it.each([
    ["entry_count", { entryCount: 4 }],
    ["recorded_at", { recordedAtMs: 999 }],
    ["actor", { actor: "somebody" }],
    ["reason", { reason: "decided" }],
  ] as const)("with another %s is found", (field, change) => {
    expect(fields({ ...posting, ...change }, sum)).toEqual([field]);
  });

  it("whose entries were made by two, or for other reasons, is found", () => {
    expect(fields(posting, { ...sum, actors: ["ledger-service", "somebody"] })).toEqual(["actor"]);
    expect(fields({ ...decided, reason: "batch" }, decidedSum)).toEqual(["reason"]);
    expect(fields(decided, { ...decidedSum, statedReasons: ["decided", "readmitted"] })).toEqual(["reason"]);
    expect(fields(decided, { ...decidedSum, statedEntries: 1 })).toEqual(["reason"]);
  });

  it("that is about some records may have entries that say why they follow, and no other ones", () => {
    for (const reason of ["fraud_revocation", "correction_undone", "rule_set_changed"]) {
      const some = { ...decidedSum, statedEntries: 1, statedReasons: [reason, reason] as const };
      expect(fields({ ...posting, reason }, some)).toEqual([]);
      expect(fields({ ...posting, reason }, { ...some, statedReasons: [reason, "decided"] })).toEqual(["reason"]);
    }
  });

  it("that is missing, or whose entries are, is found", () => {
    expect(verifyPosting(null, sum)).toMatchObject([{ key: "posting-1", expected: "3 entries", found: null }]);
    expect(fields(posting, null)).toEqual(["entry_count"]);
  });
});

test("a batch has the one posting that was made when it says, and none before", () => {
  const fields = (kept: KeptBatch | null, postings: KeptPosting[]) =>
    verifyBatch("batch-1", kept, postings).map(({ field, expected, found }) => `${field} ${expected} ${found}`);
  expect(fields(batch, [posting])).toEqual([]);
  expect(fields({ ...batch, postedAtMs: null }, [])).toEqual([]);
  expect(fields({ ...batch, people: 0 }, [])).toEqual([]);
  expect(fields(batch, [])).toEqual(["posting a posting null"]);
  expect(fields(null, [posting])).toEqual(["null posting posting-1 null"]);
  expect(fields({ ...batch, postedAtMs: null }, [posting])).toEqual(["posted_at 1000 null"]);
  expect(fields(batch, [posting, { ...posting, postingId: "posting-2" }])).toEqual(["posting posting-1 posting-2"]);
  expect(fields(batch, [decided])).toEqual(["origin decision push"]);
  expect(fields({ ...batch, origin: "decision" }, [decided])).toEqual([]);
  expect(fields({ ...batch, origin: "readmission" }, [posting])).toEqual(["origin batch readmission"]);
  expect(fields(batch, [{ ...posting, reason: "readmitted" }])).toEqual(["origin readmitted push"]);
});
