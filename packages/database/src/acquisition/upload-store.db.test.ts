import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase, type TestDatabase } from "../testing/create-test-database.ts";
import {
  advanceUpload,
  deleteExpiredUploadParts,
  deleteUploadFindings,
  lockUploadContent,
  type NewUpload,
  noteUploadBatch,
  readOpenUploads,
  readUpload,
  readUploadBatches,
  readUploadFindings,
  readUploadOfContent,
  readUploadParts,
  readUploadRowsWith,
  readUploads,
  writeUpload,
  writeUploadFindings,
} from "./upload-store.ts";

const NOBODY = "00000000-0000-7000-8000-000000000000";
let database: TestDatabase;
let sql: Sql;
let tests = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: await database.urlAs("ingestion"), connectionsMax: 3, applicationName: "test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(() => {
  tests += 1;
});

/** The source is another one in each test. */
function upload(nth: number, changes: Partial<NewUpload> = {}): NewUpload {
  return {
    uploadId: `00000000-0000-7000-8000-${String(tests * 1_000 + nth).padStart(12, "0")}`,
    source: `source-${tests}`,
    mediaType: "text/csv",
    settings: { mode: "rows" },
    bytes: 5,
    sha256: "ab".repeat(32),
    receivedAtMs: 1_000 * nth,
    retainUntil: "2027-01-01",
    parts: [0, 1].map((part) => ({ wrappedKey: Buffer.from([part]), sealed: Buffer.from([nth, part]) })),
    ...changes,
  };
}

async function write(nth: number, changes: Partial<NewUpload> = {}): Promise<string> {
  const row = upload(nth, changes);
  await sql.begin((tx) => writeUpload(tx, row));
  return row.uploadId;
}

describe("an upload", () => {
  it("reads back as it was written, its content in order", async () => {
    const uploadId = await write(1);
    expect(await readUpload(sql, uploadId)).toEqual({
      ...{ uploadId, source: `source-${tests}`, state: "received", reason: null, mediaType: "text/csv" },
      ...{ settings: { mode: "rows" }, bytes: 5, sha256: "ab".repeat(32), rowsTotal: null, rowsDone: 0, counts: {} },
      ...{ receivedAtMs: 1_000, confirmedAtMs: null, endedAtMs: null },
    });
    expect((await readUploadParts(sql, uploadId)).map(({ sealed }) => [...sealed])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(await readUpload(sql, NOBODY)).toBeNull();
  });

  it("moves on only from the state it is in, and keeps what is not said anew", async () => {
    const uploadId = await write(1);
    const checked = { uploadId, from: "received", to: "awaiting_confirmation" } as const;
    expect(await advanceUpload(sql, { ...checked, rowsTotal: 7, counts: { wrongRows: 2 } })).toBe(true);
    expect(await advanceUpload(sql, checked)).toBe(false);
    const confirmed = { uploadId, from: "awaiting_confirmation", to: "storing" } as const;
    expect(await advanceUpload(sql, { ...confirmed, settings: { mode: "other" }, confirmedAtMs: 2_000 })).toBe(true);
    expect(await advanceUpload(sql, { uploadId, from: "storing", to: "failed", reason: "r", endedAtMs: 3_000 })).toBe(
      true,
    );
    expect(await readUpload(sql, uploadId)).toMatchObject({
      ...{ state: "failed", reason: "r", rowsTotal: 7, counts: { wrongRows: 2 }, settings: { mode: "other" } },
      ...{ confirmedAtMs: 2_000, endedAtMs: 3_000 },
    });
    expect(await advanceUpload(sql, { uploadId: NOBODY, from: "received", to: "failed" })).toBe(false);
  });

  it("is found by its content, by who sent it, unless it failed; the newest of several", async () => {
    const [first, second] = [await write(1), await write(2)];
    const find = (source: string, sha256: string) =>
      readUploadOfContent(sql, source, sha256).then((one) => one?.uploadId);
    const source = `source-${tests}`;
    expect(await find(source, "ab".repeat(32))).toBe(second);
    await advanceUpload(sql, { uploadId: second, from: "received", to: "failed" });
    expect(await find(source, "ab".repeat(32))).toBe(first);
    expect(await find("other", "ab".repeat(32))).toBeUndefined();
    expect(await find(source, "cd".repeat(32))).toBeUndefined();
  });

  it("of one content is written by one at a time", async () => {
    const row = [upload(1), upload(2)];
    const sha256 = "ab".repeat(32);
    const isFirst = await Promise.all(
      row.map((one) =>
        sql.begin(async (tx) => {
          await lockUploadContent(tx, one.source, sha256);
          if ((await readUploadOfContent(tx, one.source, sha256)) !== null) return false;
          await writeUpload(tx, one);
          return true;
        }),
      ),
    );
    expect(isFirst.sort()).toEqual([false, true]);
  });

  it("is listed newest first, by pages, of one source or of all", async () => {
    const ids = [await write(1), await write(2), await write(3, { receivedAtMs: 2_000 })];
    const list = async (query: Partial<Parameters<typeof readUploads>[1]>) =>
      (await readUploads(sql, { source: `source-${tests}`, before: null, limit: 2, ...query })).map(
        (one) => one.uploadId,
      );
    expect(await list({})).toEqual([ids[2], ids[1]]);
    expect(await list({ before: { receivedAtMs: 2_000, uploadId: ids[1] ?? "" } })).toEqual([ids[0]]);
    expect(await list({ source: "nobody" })).toEqual([]);
    expect((await list({ source: null, limit: 1_000 })).length).toBeGreaterThan(3);
  });
});

describe("what comes of an upload", () => {
  it("is noted once for each part, however often it is said; progress never goes back", async () => {
    const uploadId = await write(1);
    const note = (part: number, batchId: string, rowsDone: number) =>
      noteUploadBatch(sql, { uploadId, part, batchId, rows: 1_000, rowsDone });
    const batch = (nth: number) => `00000000-0000-7000-9000-00000000000${nth}`;
    await note(1, batch(2), 2_000);
    await note(0, batch(1), 1_000);
    await note(0, batch(3), 1_000);
    expect(await readUploadBatches(sql, uploadId)).toEqual([batch(1), batch(2)]);
    expect((await readUpload(sql, uploadId))?.rowsDone).toBe(2_000);
  });

  it("is read by pages in the order of the rows, and can be forgotten", async () => {
    const uploadId = await write(1);
    const findings = [
      { rowNumber: 10, columnName: "学时", code: "hours_invalid" },
      { rowNumber: 2, columnName: "身份证号", code: "person_unknown" },
      { rowNumber: 2, columnName: "姓名", code: "identity_conflict" },
      { rowNumber: 2, columnName: "姓名", code: "identity_conflict" },
    ];
    await sql.begin((tx) => writeUploadFindings(tx, uploadId, findings));
    await sql.begin((tx) => writeUploadFindings(tx, uploadId, []));
    const first = await readUploadFindings(sql, { uploadId, after: null, limit: 2 });
    expect(first.map(({ rowNumber }) => rowNumber)).toEqual([2, 2]);
    const rest = await readUploadFindings(sql, { uploadId, after: first[1] ?? null, limit: 2 });
    expect(rest).toEqual([findings[0]]);
    expect(await readUploadRowsWith(sql, uploadId, "person_unknown")).toEqual(new Set([2]));
    await sql.begin((tx) => deleteUploadFindings(tx, uploadId));
    expect(await readUploadFindings(sql, { uploadId, after: null, limit: 2 })).toEqual([]);
  });
});

it("finds what somebody has to go on with, and not what waits for a person, is over, or has just come", async () => {
  const ids = [await write(1), await write(2), await write(3), await write(4), await write(900)];
  const [storing = "", waiting = "", over = ""] = ids;
  await advanceUpload(sql, { uploadId: storing, from: "received", to: "storing" });
  await advanceUpload(sql, { uploadId: waiting, from: "received", to: "awaiting_confirmation" });
  await advanceUpload(sql, { uploadId: over, from: "received", to: "failed", endedAtMs: 5 });
  const open = await readOpenUploads(sql, 4_000);
  expect(ids.filter((id) => open.includes(id))).toEqual([ids[0], ids[3]]);
});

it("removes content when its time is over, and nothing else", async () => {
  const [old, kept] = [await write(1, { retainUntil: "2026-12-31" }), await write(2)];
  await deleteExpiredUploadParts(sql, "2027-01-01");
  expect([await readUploadParts(sql, old), (await readUploadParts(sql, kept)).length]).toEqual([[], 2]);
  expect((await readUpload(sql, old))?.uploadId).toBe(old);
});
