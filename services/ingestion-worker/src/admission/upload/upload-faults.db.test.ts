import { deleteExpiredRequests, readUpload, readUploadFindings, writeUpload } from "@xueshi/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { handleReadUpload } from "./read-upload.job.ts";
import { receiveUpload } from "./receive-upload.ts";
import { runUpload } from "./run-upload.ts";

const SOURCE = "demo-training";
const HEADER = "记录号,身份证号,姓名,培训项目,培训机构,学时,科目类别,结束日期,备注";
const PERSON = "330899198003070011,王伟";
const DAY_MS = 86_400_000;
const never = new AbortController().signal;

let world: TestIngestion;
beforeAll(async () => {
  world = await openTestIngestion();
});
afterAll(() => world?.close());

const row = (id: string, person = PERSON) => `${id},${person},测绘新技术 ${id},衢州学院,1.5,专业科目,2020-03-02,`;

async function receive(...lines: string[]): Promise<string> {
  async function* chunks() {
    yield Buffer.from(lines.join("\r\n"));
  }
  const kind = { source: SOURCE, mediaType: "text/csv", charset: null, mode: "rows", again: true } as const;
  const receivedAtMs = world.state.nowMs;
  const sent = { ...kind, chunks: chunks(), language: "en", receivedAtMs } as const;
  return (await receiveUpload(world.context, sent)).upload.uploadId;
}

const findingsOf = async (uploadId: string) => {
  const found = await readUploadFindings(world.context.sql, { uploadId, after: null, limit: 100 });
  return found.map((one) => `${one.rowNumber} ${one.columnName} ${one.code}`);
};

it("a number that lost its last digits names no record and no person", async () => {
  const lost = "2.02003E+16";
  const uploadId = await receive(HEADER, row(lost), row(lost), row("r-1", "3.30899198003070E+17,王伟"));
  await runUpload(world.context, uploadId, never);
  expect(await findingsOf(uploadId)).toEqual([
    "2 记录号 number_rounded",
    "3 记录号 number_rounded",
    "4 身份证号 number_rounded",
  ]);
  expect((await readUpload(world.context.sql, uploadId))?.counts).toMatchObject({ wrongRows: 3 });
});

it("a column that is there twice is not guessed at", async () => {
  const uploadId = await receive(`${HEADER},学时`, `${row("h-1")},8`);
  await runUpload(world.context, uploadId, never);
  expect(await readUpload(world.context.sql, uploadId)).toMatchObject({ state: "failed", reason: "header_repeated" });
  expect(await findingsOf(uploadId)).toEqual(["0 学时 column_repeated"]);
});

it("no row is taken twice by an upload that waited for longer than idempotency keys are kept", async () => {
  const rows = Array.from({ length: 1_500 }, (_, index) => row(`w-${index}`));
  const uploadId = await receive(HEADER, ...rows);
  await runUpload(world.context, uploadId, never);
  expect(await readUpload(world.context.sql, uploadId)).toMatchObject({ state: "awaiting_confirmation" });
  await world.owner`UPDATE acquisition.upload SET state = 'storing', settings = settings || '{"unknownPeople":"accept"}'
    WHERE upload_id = ${uploadId}`;
  await runUpload(world.context, uploadId, never);
  expect(await readUpload(world.context.sql, uploadId)).toMatchObject({ state: "stored" });
  // The process died before the end was written, and the sweeper forgot the keys of so long ago.
  await world.owner`UPDATE acquisition.upload SET state = 'storing', ended_at = NULL WHERE upload_id = ${uploadId}`;
  await deleteExpiredRequests(world.context.sql, world.state.nowMs + DAY_MS);
  await runUpload(world.context, uploadId, never);
  expect(await readUpload(world.context.sql, uploadId)).toMatchObject({
    state: "stored",
    counts: { accepted: 1_500 },
  });
  const taken = await world.owner`SELECT sum(occurrences)::int AS n FROM admission.version WHERE record_id LIKE 'w-%'`;
  expect(taken[0]?.n).toBe(1_500);
});

it("findings that somebody goes by already are not replaced by a worker that comes late", async () => {
  const uploadId = await receive(HEADER, row("l-1", "33089919800307002X,李雷"));
  const { sql } = world.context;
  const overtaken = async () => {
    await world.owner`UPDATE acquisition.upload SET state = 'awaiting_confirmation' WHERE upload_id = ${uploadId}`;
    await world.owner`INSERT INTO acquisition.upload_finding VALUES (${uploadId}, 7, '身份证号', 'person_unknown')`;
  };
  const begin = async (run: Parameters<typeof sql.begin>[1]) => {
    await overtaken();
    return sql.begin(run);
  };
  const slow = new Proxy(sql, { get: (target, key) => (key === "begin" ? begin : Reflect.get(target, key)) });
  await runUpload({ ...world.context, sql: slow }, uploadId, never);
  expect(await findingsOf(uploadId)).toEqual(["7 身份证号 person_unknown"]);
});

/** An upload that cannot be opened, for a reason of this code. */
async function unreadable(code: string) {
  const uploadId = world.context.newId();
  const parts = [{ wrappedKey: Buffer.from("no key"), sealed: Buffer.from("no content") }];
  const settings = { mode: "rows", charset: null, language: "en", unknownPeople: "ask" };
  const file = { source: SOURCE, mediaType: "text/csv", bytes: 10, sha256: "00".repeat(32), settings };
  const kept = { receivedAtMs: world.state.nowMs, retainUntil: "2099-01-01", parts };
  await world.context.sql.begin((tx) => writeUpload(tx, { uploadId, ...file, ...kept }));
  const openPage = () => {
    throw Object.assign(new Error("secret"), { code });
  };
  const logged: unknown[] = [];
  const context = {
    ...world.context,
    vault: { ...world.context.vault, openPage },
    logger: { ...world.context.logger, error: (...said: unknown[]) => void logged.push(said) },
  };
  const attempt = (number: number) => handleReadUpload(context, { uploadId }, { attempt: number, signal: never });
  return { attempt, logged, reason: async () => (await readUpload(world.context.sql, uploadId))?.reason };
}

it("what fails again and again is given up, and its message stays inside", async () => {
  const defect = await unreadable("22003");
  await expect(defect.attempt(4)).rejects.toThrow("secret");
  expect(await defect.reason()).toBeNull();
  await defect.attempt(5);
  expect(await defect.reason()).toBe("internal_error");
  expect(defect.logged).toHaveLength(1);
  expect(JSON.stringify(defect.logged)).not.toContain("secret");
});

it.each(["57P01", "CONNECTION_CLOSED", "ECONNRESET", "idempotency_key_in_use"])(
  "what passes by itself, as %s, is not given up",
  async (code) => {
    const passing = await unreadable(code);
    await expect(passing.attempt(5)).rejects.toThrow("secret");
    expect(await passing.reason()).toBeNull();
  },
);
