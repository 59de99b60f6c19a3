import { buffer } from "node:stream/consumers";
import { LIMITS } from "@xueshi/contracts";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ID, NAME, type OpenServices, openServices, pushedRecord } from "./open-services.ts";
import { waitFor } from "./wait-for.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const HEADER = "记录号,身份证号,姓名,培训项目,培训机构,学时,科目类别,结束日期,开始日期,年度,途径,备注";
const KNOWN = `${ID},${NAME}`;
const NEW = "330899198003070011,王伟";

let services: OpenServices;

beforeAll(async () => {
  services = await openServices();
  await services.posted((await services.push([pushedRecord("known")])).json.batchId);
});
afterAll(() => services?.close());

const row = (id: string, person: string, rest = `测绘新技术 ${id},衢州学院,1.5,专业科目,2020-03-02,,,,`) =>
  `${id},${person},${rest}`;
const csv = (...rows: string[]) => [HEADER, ...rows].join("\r\n");
/** A container of the older kind with one stream. */
const ole = (stream: string) =>
  Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(504), Buffer.from(stream, "utf16le")]);
const ask = (method: string, path: string, body?: unknown, key = "demo-training") =>
  services.call(services.ingestionUrl, method, path, key, body);
const upload = (body: string | Uint8Array, type = "text/csv", query = "") =>
  services.call(services.ingestionUrl, "POST", `/v1/uploads${query}`, "demo-training", body, { "Content-Type": type });
const until = (uploadId: string, ...states: string[]) =>
  waitFor(`the upload to be ${states.join(" or ")}`, async () => {
    const { json } = await ask("GET", `/v1/uploads/${uploadId}`);
    return [...states, "failed"].includes(json.state) ? json : null;
  });
async function findings(uploadId: string): Promise<string[]> {
  const { json } = await ask("GET", `/v1/uploads/${uploadId}/findings`);
  return json.findings.map(
    (one: { row: number; column: string; code: string }) => `${one.row} ${one.column} ${one.code}`,
  );
}

describe("an uploaded table", () => {
  test("tells row and column of what is wrong, takes the rest, and is counted", async () => {
    const body = csv(
      row("u-1", KNOWN),
      row("u-2", KNOWN, "课,机构,八,专业科目,2020-03-02,,,,"),
      row("u-3", `330899197312100006,${NAME}`),
      row("u-4", KNOWN, "课,机构,2,专业科目,2020-02-30,,,,"),
      row("", KNOWN),
      "",
      row("u-6", `${ID},别人`),
      row("u-7", KNOWN, "课,机构,2,其他,2020-03-05,,二〇二〇,面授,备注"),
      row("u-8", KNOWN, '"A, ""B""\n课",机构,２.５,行业公需,2020/3/5,2020-03-01,2020,面授,=1+1'),
    );
    const sent = await upload(body);
    expect([sent.status, sent.json.state]).toEqual([202, "received"]);
    const done = await until(sent.json.uploadId, "posted");
    expect(done).toMatchObject({
      state: "posted",
      percent: 100,
      rowsTotal: 8,
      counts: { wrongRows: 5, heldRows: 1, held: 1, accepted: 2 },
    });
    expect(await findings(sent.json.uploadId)).toEqual([
      "3 学时 hours_invalid",
      "4 身份证号 id_invalid",
      "5 结束日期 date_invalid",
      "6 记录号 required",
      "8 姓名 identity_conflict",
      "9 年度 year_invalid",
    ]);
    expect(await services.record("u-1")).toMatchObject({ counts: true, hours: 1.5, subject: "professional" });
    expect(await services.record("u-8")).toMatchObject({
      counts: true,
      hours: 2.5,
      subject: "industry_common",
      year: 2020,
    });
    expect((await ask("GET", "/v1/records/u-2")).status).toBe(404);
  });

  test("of people nobody knows waits until they are confirmed, or leaves them out", async () => {
    const body = csv(row("n-1", NEW), row("n-2", KNOWN));
    const first = await until((await upload(body)).json.uploadId, "awaiting_confirmation");
    expect(first).toMatchObject({ counts: { unknownPeople: 1, unknownRows: 1 }, batches: [] });
    expect(await findings(first.uploadId)).toEqual(["2 身份证号 person_unknown"]);
    const path = `/v1/uploads/${first.uploadId}`;
    expect((await ask("POST", `${path}/confirmation`, { unknownPeople: "perhaps" })).status).toBe(422);
    expect((await ask("POST", `${path}/confirmation`, { unknownPeople: "leave-out" })).status).toBe(202);
    expect((await until(first.uploadId, "posted")).counts).toMatchObject({ accepted: 1 });
    expect((await ask("GET", "/v1/records/n-1")).status).toBe(404);
    expect((await ask("POST", `${path}/confirmation`, { unknownPeople: "accept" })).json.code).toBe(
      "upload_state_conflict",
    );
    const again = await until((await upload(body, "text/csv", "?again=true")).json.uploadId, "awaiting_confirmation");
    await ask("POST", `/v1/uploads/${again.uploadId}/confirmation`, { unknownPeople: "accept" });
    expect((await until(again.uploadId, "posted")).counts).toMatchObject({ accepted: 1, unchanged: 1 });
    expect(await services.record("n-1")).toMatchObject({ counts: true });
  });

  test("can be cancelled while it waits, and the same file then comes anew", async () => {
    const body = csv(row("c-1", "33089919800307002X,李雷"));
    const waiting = await until((await upload(body)).json.uploadId, "awaiting_confirmation", "stored");
    expect((await ask("DELETE", `/v1/uploads/${waiting.uploadId}`)).json).toMatchObject({
      state: "failed",
      reason: "cancelled",
    });
    expect((await upload(body)).json.uploadId).not.toBe(waiting.uploadId);
  });

  test("with one record number twice says so, and takes the row with fewer hours", async () => {
    const body = csv(row("r-1", KNOWN), row("r-1", KNOWN, "测绘新技术 r-1,衢州学院,1,专业科目,2020-03-02,,,,"));
    const done = await until((await upload(body)).json.uploadId, "posted");
    expect(done.counts).toMatchObject({ repeatedRows: 1, wrongRows: 0, accepted: 1, conflict: 1 });
    expect(await findings(done.uploadId)).toEqual(["3 记录号 record_repeated"]);
    expect(await services.record("r-1")).toMatchObject({ counts: true, hours: 1 });
  });

  test("has row numbers as a spreadsheet shows them: blank rows counted, a line break in a cell not", async () => {
    const title = '"第一行\r\n第二行",衢州学院,1,专业科目,2020-03-02,,,,';
    const body = csv(row("l-1", KNOWN, title), "", "", row("l-2", KNOWN, "课,机构,0,专业科目,2020-03-02,,,,"));
    const done = await until((await upload(body)).json.uploadId, "posted");
    expect(await findings(done.uploadId)).toEqual(["5 学时 hours_invalid"]);
  });

  test("sent by two at once is one upload", async () => {
    const body = csv(row("t-1", KNOWN));
    const sent = await Promise.all([upload(body), upload(body), upload(body)]);
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 200, 202]);
    expect(new Set(sent.map(({ json }) => json.uploadId)).size).toBe(1);
  });

  test("sent twice is one upload", async () => {
    const body = csv(row("s-1", KNOWN));
    const [first, second] = [await upload(body), await upload(body)];
    expect([second.status, second.json.uploadId]).toEqual([200, first.json.uploadId]);
  });

  test("all or nothing takes nothing when a row is wrong", async () => {
    const body = csv(row("a-1", KNOWN), row("a-2", KNOWN, "课,机构,0,专业科目,2020-03-02,,,,"));
    const done = await until((await upload(body, "text/csv", "?mode=all-or-nothing")).json.uploadId, "posted");
    expect(done).toMatchObject({ state: "failed", reason: "rows_invalid" });
    expect((await ask("GET", "/v1/records/a-1")).status).toBe(404);
  });

  test.each<[string, (text: string) => Uint8Array, string]>([
    ["UTF-8 with its mark", (text) => Buffer.from(`\ufeff${text}`), "text/csv"],
    ["GB18030 that nobody announced", (text) => iconv.encode(text, "gb18030"), "text/csv"],
    ["GBK that was announced", (text) => iconv.encode(text, "gbk"), "text/csv; charset=gbk"],
    ["UTF-16 with its mark", (text) => Buffer.from(`\ufeff${text}`, "utf16le"), "text/csv"],
  ])("may be in %s", async (name, encode, type) => {
    const id = `e-${name.length}`;
    const done = await until((await upload(encode(csv(row(id, KNOWN))), type)).json.uploadId, "posted");
    expect(done).toMatchObject({ state: "posted", counts: { accepted: 1 } });
    expect(await services.record(id)).toMatchObject({ counts: true, hours: 1.5 });
  });

  test.each<[string, string | Uint8Array, string, string]>([
    ["no bytes of its charset", iconv.encode(csv("一"), "gbk"), "text/csv; charset=utf-8", "file_undecodable"],
    ["another charset", csv(row("x", KNOWN)), "text/csv; charset=koi8-r", "file_undecodable"],
    ["no header", "a,b,c\r\n1,2,3", "text/csv", "header_missing"],
    ["a column missing", csv(row("x", KNOWN)).replace("学时,", "小时,"), "text/csv", "header_missing"],
    ["no rows", HEADER, "text/csv", "rows_missing"],
    ["no workbook", "PK but not really", XLSX, "file_malformed"],
    ["a password", ole("EncryptedPackage"), XLSX, "file_encrypted"],
    ["the format of before 2007", ole("Workbook"), XLSX, "file_malformed"],
    ["a workbook that is called a CSV", Buffer.from("PK\u0003\u0004\u0000"), "text/csv", "file_malformed"],
    ["a quote that never ends", `${HEADER}\r\n"x`, "text/csv", "file_malformed"],
  ])("with %s fails with the reason", async (_what, body, type, reason) => {
    const done = await until((await upload(body, type)).json.uploadId, "posted");
    expect(done).toMatchObject({ state: "failed", reason });
    if (_what === "a column missing") expect(await findings(done.uploadId)).toEqual(["0 学时 column_missing"]);
  });

  test("of another type is refused at once, and nobody sees that of another", async () => {
    expect((await upload("{}", "application/json")).json.code).toBe("unsupported_media_type");
    const { json } = await upload(csv(row("p-1", KNOWN)));
    expect((await ask("GET", `/v1/uploads/${json.uploadId}`, undefined, "quzhou-city")).status).toBe(404);
    expect((await ask("GET", `/v1/uploads/${json.uploadId}`, undefined, "declarations")).status).toBe(403);
    const list = await ask("GET", "/v1/uploads?limit=2", undefined, "operator");
    expect([list.json.uploads.length, typeof list.json.nextCursor]).toEqual([2, "string"]);
    const more = await ask("GET", `/v1/uploads?limit=2&cursor=${list.json.nextCursor}`, undefined, "operator");
    expect(more.json.uploads[0].uploadId).not.toBe(list.json.uploads[0].uploadId);
  });
});

test("an upload whose worker ends in the middle is gone on with, and no row is taken twice", async () => {
  const rows = Array.from({ length: 4_500 }, (_, index) => row(`m-${index}`, KNOWN));
  const { uploadId } = (await upload(csv(...rows))).json;
  await waitFor("some rows to be stored", async () => {
    return (await services.owner`SELECT 1 FROM acquisition.upload_batch WHERE upload_id = ${uploadId}`).length > 0;
  });
  await services.restartIngestion();
  expect(await until(uploadId, "posted")).toMatchObject({
    state: "posted",
    rowsDone: 4_500,
    counts: { accepted: 4_500 },
  });
  const twice = await services.owner`
    SELECT 1 FROM admission.version WHERE record_id LIKE 'm-%' GROUP BY record_id HAVING sum(occurrences) <> 1`;
  expect(twice).toHaveLength(0);
  const batches = await services.owner`SELECT 1 FROM acquisition.upload_batch WHERE upload_id = ${uploadId}`;
  expect(batches).toHaveLength(5);
});

test("of one source only some are received at a time, and the next one is told to come again", async () => {
  const ends: (() => void)[] = [];
  const begin = (index: number) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(csv(row(`slot-${index}`, KNOWN))));
        ends.push(() => controller.close());
      },
    });
    const headers = { "Content-Type": "text/csv", Authorization: `Bearer ${services.keys["demo-training"]}` };
    return fetch(`${services.ingestionUrl}/v1/uploads`, {
      method: "POST",
      headers,
      body,
      duplex: "half",
    } as RequestInit);
  };
  const begun = Array.from({ length: LIMITS.streamsPerSourceMax + 1 }, (_, index) => begin(index));
  // The bodies of the others have not ended, so that only a refusal can be the first answer.
  expect((await Promise.race(begun)).status).toBe(429);
  for (const end of ends) end();
  const statuses = (await Promise.all(begun)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([...Array(LIMITS.streamsPerSourceMax).fill(202), 429]);
  expect((await upload(csv(row("slot-after", KNOWN)))).status).toBe(202);
});

test("the template reads back as it was filled in", async () => {
  const get = (format: string) =>
    fetch(`${services.ingestionUrl}/v1/uploads/template?format=${format}`, {
      headers: { Authorization: `Bearer ${services.keys["demo-training"]}` },
    });
  const plain = await get("csv");
  expect(Buffer.from(await plain.arrayBuffer()).toString()).toBe(`\ufeff${HEADER}\r\n`);
  const workbook = await get("xlsx");
  expect(workbook.headers.get("content-type")).toBe(XLSX);
  expect(workbook.headers.get("content-disposition")).toContain("UTF-8''%E7%BB%A7");
  const bytes = await buffer(workbook.body as unknown as NodeJS.ReadableStream);
  const done = await until((await upload(bytes as unknown as Uint8Array, XLSX)).json.uploadId, "posted");
  expect(done).toMatchObject({ state: "failed", reason: "rows_missing" });
});

test("no id and no name is in any line of the log", () => {
  for (const line of services.logged) for (const personal of [ID, NAME, "王伟"]) expect(line).not.toContain(personal);
});
