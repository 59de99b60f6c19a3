import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { deleteExpiredUploadParts, readUpload, readUploadBatches, readUploadFindings } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSpreadsheet } from "../../acquisition/spreadsheet/write-spreadsheet.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { CSV_TYPE, XLSX_TYPE } from "./read-upload-rows.ts";
import { receiveUpload } from "./receive-upload.ts";
import { runUpload } from "./run-upload.ts";
import { UPLOAD_COLUMNS } from "./upload-columns.ts";

const PERSON = ["330899197312100005", "邓国刚"];
const HEADERS = UPLOAD_COLUMNS.map(({ header }) => header);
let ingestion: TestIngestion;
const running = new AbortController().signal;

beforeAll(async () => {
  ingestion = await openTestIngestion();
  await take([filled("known")], { unknownPeople: "accept" });
});
afterAll(() => ingestion.close());

const filled = (recordId: string, ...rest: readonly string[]) => {
  const [hours = "1.5", subject = "专业科目", date = "2020-03-02"] = rest;
  return [recordId, ...PERSON, `测绘新技术 ${recordId}`, "衢州学院", hours, subject, date];
};
const many = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => filled(`${prefix}-${index}`));
const csvOf = (rows: readonly (readonly string[])[]) =>
  Buffer.from([HEADERS, ...rows].map((row) => `${row.join(",")}\n`).join(""));
const workbookOf = (rows: readonly (readonly string[])[]) =>
  buffer(writeSpreadsheet([{ name: "学时", widths: [], rows }])) as Promise<Buffer>;

async function receive(content: Buffer, mediaType = CSV_TYPE): Promise<string> {
  const chunks = (async function* () {
    // In pieces that are no parts.
    for (let from = 0; from < content.length; from += 70_001) yield content.subarray(from, from + 70_001);
  })();
  const { upload } = await receiveUpload(ingestion.context, {
    ...{ source: "demo-training", mediaType, charset: null, chunks, mode: "rows", again: false, language: "zh-CN" },
    receivedAtMs: ingestion.state.nowMs,
  });
  return upload.uploadId;
}

/** Receives rows and goes on with them as a worker would. */
async function take(rows: readonly (readonly string[])[], { unknownPeople }: { unknownPeople?: string } = {}) {
  const uploadId = await receive(csvOf(rows));
  await runUpload(ingestion.context, uploadId, running);
  if (unknownPeople !== undefined) await confirm(uploadId, unknownPeople);
  return { uploadId, upload: await readUpload(ingestion.context.sql, uploadId) };
}

/** Confirms as the route does, and goes on. */
async function confirm(uploadId: string, unknownPeople: string): Promise<void> {
  await ingestion.owner`
    UPDATE acquisition.upload SET state = 'storing', settings = settings || ${ingestion.owner.json({ unknownPeople })}
    WHERE upload_id = ${uploadId}`;
  await runUpload(ingestion.context, uploadId, running);
}

const storedOf = async (prefix: string) =>
  ingestion.owner<{ rows: number; times: number }[]>`
    SELECT count(*)::int AS rows, coalesce(max(occurrences), 0)::int AS times FROM admission.version
    WHERE record_id LIKE ${`${prefix}-%`}`;

/** As the context, until a process that dies at the nth use of something. */
function dyingAt(nth: number, what: "before a part is stored" | "after a part is stored"): IngestionContext {
  let uses = 0;
  const die = () => {
    uses += 1;
    if (uses === nth) throw new Error("The process is dead.");
  };
  const { newId, knownPeople } = ingestion.context;
  if (what === "before a part is stored") {
    const dyingId = () => {
      die();
      return newId();
    };
    return { ...ingestion.context, newId: dyingId };
  }
  // Comes after the commit and before the part is noted.
  let rows = 0;
  const add = (practitionerId: string) => {
    if (rows % 1_000 === 0) die();
    rows += 1;
    knownPeople.add(practitionerId);
  };
  return { ...ingestion.context, knownPeople: { has: knownPeople.has, add } };
}

describe("an upload whose process dies", () => {
  it.each(["before a part is stored", "after a part is stored"] as const)(
    "%s is gone on with from there; no row is missing, and none is stored twice",
    async (what) => {
      const prefix = what.slice(0, 2);
      const uploadId = await receive(csvOf(many(prefix, 2_500)));
      await expect(runUpload(dyingAt(2, what), uploadId, running)).rejects.toThrow("dead");
      expect(await readUpload(ingestion.context.sql, uploadId)).toMatchObject({ state: "storing", rowsDone: 1_000 });
      expect(await storedOf(prefix)).toEqual([{ rows: what.startsWith("before") ? 1_000 : 2_000, times: 1 }]);
      await runUpload(ingestion.context, uploadId, running);
      const upload = await readUpload(ingestion.context.sql, uploadId);
      expect(upload).toMatchObject({ state: "stored", rowsDone: 2_500, counts: { accepted: 2_500 } });
      expect(await storedOf(prefix)).toEqual([{ rows: 2_500, times: 1 }]);
      const batches = await readUploadBatches(ingestion.context.sql, uploadId);
      expect(new Set(batches).size).toBe(3);
    },
  );

  it("while its rows are checked is checked anew, and nothing of the first look stays", async () => {
    const uploadId = await receive(csvOf([...many("c", 1_500), filled("c-wrong", "八")]));
    const stopping = new AbortController();
    const { sql } = ingestion.context;
    // It is told to end while the first part is read.
    const openPage: IngestionContext["vault"]["openPage"] = (part) => {
      stopping.abort();
      return ingestion.context.vault.openPage(part);
    };
    const vault = { ...ingestion.context.vault, openPage };
    await runUpload({ ...ingestion.context, vault }, uploadId, stopping.signal);
    expect(await readUpload(sql, uploadId)).toMatchObject({ state: "received", counts: {}, rowsTotal: null });
    expect(await readUploadFindings(sql, { uploadId, after: null, limit: 10 })).toEqual([]);
    await runUpload(ingestion.context, uploadId, running);
    expect(await readUpload(sql, uploadId)).toMatchObject({
      state: "stored",
      rowsTotal: 1_501,
      counts: { wrongRows: 1 },
    });
  });

  it("is left alone while another process has it in hand", async () => {
    const uploadId = await receive(csvOf(many("h", 3)));
    const others: boolean[] = [];
    // What a worker does between storing a part and noting it.
    const enqueue: IngestionContext["queue"]["enqueue"] = async () => {
      others.push(await runUpload(ingestion.context, uploadId, running));
    };
    const busy = { ...ingestion.context, queue: { ...ingestion.context.queue, enqueue } };
    expect([await runUpload(busy, uploadId, running), others]).toEqual([true, [false]]);
    expect(await storedOf("h")).toEqual([{ rows: 3, times: 1 }]);
  });
});

describe("an upload", () => {
  it("of which the content is gone says so", async () => {
    const uploadId = await receive(csvOf([filled("gone")]));
    await deleteExpiredUploadParts(ingestion.context.sql, "2099-01-01");
    await runUpload(ingestion.context, uploadId, running);
    expect(await readUpload(ingestion.context.sql, uploadId)).toMatchObject({
      state: "failed",
      reason: "content_expired",
    });
  });

  it("may be a workbook with titles above the header, columns in another order, blank rows, and more columns", async () => {
    const order = [...HEADERS.keys()].toReversed();
    const mixed = (row: readonly string[]) => ["", ...order.map((place) => row[place] ?? ""), "其他列"];
    const head = mixed(HEADERS).map((header) => ` * ${header}`);
    const rows = [["2020 年度继续教育学时登记表"], [], head, mixed(filled("w-1")), [], mixed(filled("w-2", "0"))];
    const uploadId = await receive(await workbookOf(rows), XLSX_TYPE);
    await runUpload(ingestion.context, uploadId, running);
    expect(await readUpload(ingestion.context.sql, uploadId)).toMatchObject({
      ...{ state: "stored", rowsTotal: 2, counts: { accepted: 1, wrongRows: 1 } },
    });
    const findings = await readUploadFindings(ingestion.context.sql, { uploadId, after: null, limit: 10 });
    expect(findings).toEqual([{ rowNumber: 6, columnName: "学时", code: "hours_invalid" }]);
  });

  it("may be what a spreadsheet program wrote, with dates, half hours and formulas in cells of their own types", async () => {
    const file = join(import.meta.dirname, "../../acquisition/spreadsheet/testing/hours.xlsx");
    const uploadId = await receive(readFileSync(file), XLSX_TYPE);
    await runUpload(ingestion.context, uploadId, running);
    expect(await readUpload(ingestion.context.sql, uploadId)).toMatchObject({
      state: "awaiting_confirmation",
      rowsTotal: 3,
    });
    const findings = await readUploadFindings(ingestion.context.sql, { uploadId, after: null, limit: 10 });
    expect(findings.map(({ rowNumber, columnName, code }) => `${rowNumber} ${columnName} ${code}`)).toEqual([
      "3 身份证号 person_unknown",
      "4 身份证号 number_rounded",
      "6 身份证号 id_invalid",
    ]);
    await confirm(uploadId, "accept");
    const [row] = await ingestion.owner`
      SELECT hours_hundredths AS hours, obtained_on::text AS "obtainedOn" FROM admission.version WHERE record_id = 'XJ-1'`;
    expect(row).toMatchObject({ hours: 150, obtainedOn: "2020-03-02" });
  });

  it("of very many bytes is refused by what it says it unpacks to, before it is unpacked", async () => {
    const bytes = await workbookOf([HEADERS, filled("b-1")]);
    // The size in the directory; the entry of the sheet is the last one.
    bytes.writeUInt32LE(2_000_000_000, bytes.lastIndexOf("PK\u0001\u0002", undefined, "latin1") + 24);
    const uploadId = await receive(bytes, XLSX_TYPE);
    await runUpload(ingestion.context, uploadId, running);
    expect(await readUpload(ingestion.context.sql, uploadId)).toMatchObject({
      ...{ state: "failed", reason: "file_too_large" },
    });
  });

  it("holds what a spreadsheet takes for a formula as the text it is", async () => {
    const { upload } = await take([filled("=1+1"), filled("+f-2"), filled("@f-3")]);
    expect(upload).toMatchObject({ state: "stored", counts: { accepted: 3 } });
    const [row] = await ingestion.owner`SELECT 1 FROM admission.version WHERE record_id = '=1+1'`;
    expect(row).toBeDefined();
  });
});
