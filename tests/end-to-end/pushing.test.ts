import { once } from "node:events";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { recordKeyOf } from "@xueshi/domain";
import { type Sealed, sha256Hex } from "@xueshi/vault";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ID, NAME, type OpenServices, openServices, pushedRecord as record } from "./open-services.ts";
import { waitFor } from "./wait-for.ts";

let services: OpenServices;

beforeAll(async () => {
  services = await openServices();
});
afterAll(() => services?.close());

const NDJSON = { "Content-Type": "application/x-ndjson" };
const asLines = (records: readonly unknown[]) => records.map((one) => `${JSON.stringify(one)}\n`).join("");
const stream = (body: string | Uint8Array, headers: object = {}) =>
  services.call(services.ingestionUrl, "POST", "/v1/records", "demo-training", body, { ...NDJSON, ...headers });
const validate = (body: unknown, headers: object = {}) =>
  services.call(services.ingestionUrl, "POST", "/v1/records/validate", "demo-training", body, headers);
const parsed = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const many = (name: string, count: number) => Array.from({ length: count }, (_, index) => record(`${name}-${index}`));

/** Everything that pushes and withdrawals leave behind, to compare before and after. */
async function everything(): Promise<unknown> {
  await waitFor("the ledger to be done", async () => {
    return (await services.owner`SELECT 1 FROM acquisition.batch WHERE posted_at IS NULL LIMIT 1`).length === 0;
  });
  const tables = ["acquisition.batch", "acquisition.raw_page", "acquisition.push_request", "admission.identity"];
  const counts: Record<string, unknown> = {};
  for (const table of [...tables, "admission.version", "admission.refusal"]) {
    counts[table] = await services.owner.unsafe(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM ${table} AS t`,
    );
  }
  return counts;
}

describe("a stream of lines", () => {
  test("gets a receipt a line, in batches, and a summary; bad lines stop nothing", async () => {
    const lines = [...many("s", 2_500).map((one) => JSON.stringify(one)), "{ no json", "", JSON.stringify({ x: 1 })];
    const { status, text, headers } = await stream(lines.join("\n"));
    expect([status, headers.get("content-type")]).toEqual([202, "application/x-ndjson"]);
    const answers = parsed(text);
    const receipts = answers.slice(0, -1);
    expect(receipts.map(({ line }) => line)).toEqual([
      ...Array.from({ length: 2_501 }, (_, index) => index + 1),
      2_503,
    ]);
    expect(receipts[0]).toMatchObject({ recordId: "s-0", outcome: "accepted", code: null });
    expect(receipts[2_500]).toMatchObject({
      outcome: "refused",
      code: "record_invalid",
      errors: [{ code: "line_invalid" }],
    });
    expect(new Set(receipts.map(({ batchId }) => batchId)).size).toBe(3);
    expect(answers.at(-1)).toEqual({ summary: { lines: 2_502, batches: 3, counts: { accepted: 2_500, refused: 2 } } });
    expect((await services.record("s-2499")).state).toBe("registered");
  });

  test("equal records in one part and across parts are said to be unchanged", async () => {
    const records = [record("twin"), ...many("t", 1_100), record("twin"), record("t-5")];
    const receipts = parsed((await stream(asLines(records))).text).slice(0, -1);
    expect(receipts.slice(-2).map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
  });

  test("receipts of a part leave while the next lines are still to come", async () => {
    const outgoing = request(`${services.ingestionUrl}/v1/records`, {
      method: "POST",
      headers: { ...NDJSON, Authorization: `Bearer ${services.keys["demo-training"]}` },
    });
    outgoing.write(asLines(many("early", 1_001)));
    const [incoming] = await once(outgoing, "response");
    let text = "";
    const ended = once(incoming, "end");
    incoming.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    // Nobody waits for a second part: what is stored is said at once.
    await waitFor("the receipts of the first part", async () => text.includes('"recordId":"early-999"') || null);
    expect(text).not.toContain("early-1000");
    outgoing.end(asLines([record("late-1")]));
    await ended;
    expect(parsed(text).at(-1).summary).toMatchObject({ lines: 1_002, batches: 2 });
  });

  test("that breaks off behind a stored part still gives its receipts, and then the problem", async () => {
    const cut = gzipSync(asLines(many("cut", 1_500))).subarray(0, -8);
    const { status, text } = await stream(cut, { "Content-Encoding": "gzip" });
    const answers = parsed(text);
    expect([status, answers.length]).toEqual([202, 1_001]);
    expect(answers[999]).toMatchObject({ line: 1_000, outcome: "accepted" });
    expect(answers[1_000].problem).toMatchObject({ code: "malformed_request", status: 400 });
    const rows = await services.owner`SELECT 1 FROM admission.version WHERE record_id LIKE 'cut-%'`;
    expect(rows).toHaveLength(1_000);
  });

  test("is cut into parts by what the lines say, never by when they come", async () => {
    const wide = (name: string, count: number) =>
      many(name, count).map((one) => ({ ...one, title: "长".repeat(500), provider: "宽".repeat(250) }));
    const lines = asLines(wide("wide", 1_000));
    expect(lines.length).toBeLessThan(2_000_000);
    const answers = parsed((await stream(lines)).text);
    expect(answers.at(-1).summary).toEqual({ lines: 1_000, batches: 2, counts: { accepted: 1_000 } });
  });

  test("can be asked for the receipts that need attention only, or for none; the summary counts all", async () => {
    const lines = asLines([...many("few", 1_100), record("few-bad", { hours: 0 })]);
    const ask = async (receipts: string) =>
      parsed(
        (
          await services.call(
            services.ingestionUrl,
            "POST",
            `/v1/records?receipts=${receipts}`,
            "demo-training",
            lines,
            {
              ...NDJSON,
            },
          )
        ).text,
      );
    const [problem, summary] = await ask("problems");
    expect(problem).toMatchObject({ line: 1_101, recordId: "few-bad", code: "hours_invalid" });
    expect(summary).toEqual({ summary: { lines: 1_101, batches: 2, counts: { accepted: 1_100, refused: 1 } } });
    expect(await ask("none")).toEqual([
      { summary: { lines: 1_101, batches: 2, counts: { unchanged: 1_100, refused: 1 } } },
    ]);
  });

  test("is one of few at once", async () => {
    const statuses: (number | undefined)[] = [];
    const open = Array.from({ length: 6 }, () => {
      const outgoing = request(`${services.ingestionUrl}/v1/records`, {
        method: "POST",
        headers: { ...NDJSON, Authorization: `Bearer ${services.keys["demo-training"]}` },
      });
      outgoing.on("error", () => {});
      outgoing.on("response", (incoming) => {
        statuses.push(incoming.statusCode);
        incoming.resume();
      });
      outgoing.write(asLines([record("slot")]));
      return outgoing;
    });
    await waitFor("two to be refused", async () => statuses.length === 2);
    expect(statuses).toEqual([429, 429]);
    for (const outgoing of open) outgoing.end();
    await waitFor("the others to be answered", async () => statuses.length === 6);
    expect(statuses.slice(2)).toEqual([202, 202, 202, 202]);
    expect((await stream(asLines([record("slot")]))).status).toBe(202);
  });

  test("keeps each line as it came, readable or not", async () => {
    const lines = [`{"recordId": "raw-1",  "hours": 8.10}`, "{ no json", '"text"'];
    const answers = parsed((await stream(lines.join("\n"))).text);
    const batchId = answers[0].batchId;
    const [row] = await services.owner`
      SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.raw_page WHERE batch_id = ${batchId}`;
    const page = services.vault.openPage(row as unknown as Sealed).toString();
    expect(page).toBe(`[${lines[0]},\n"{ no json",\n"text"]`);
    const codes = await services.owner`SELECT DISTINCT record_key FROM admission.refusal WHERE batch_id = ${batchId}`;
    expect(codes).toHaveLength(3);
  });

  test("a caller that vanishes loses what was not acknowledged and nothing else; with its key it goes on", async () => {
    const records = many("gone", 3_000);
    const key = { "Idempotency-Key": "stream-1" };
    const outgoing = request(`${services.ingestionUrl}/v1/records`, {
      method: "POST",
      headers: { ...NDJSON, ...key, Authorization: `Bearer ${services.keys["demo-training"]}` },
    });
    outgoing.on("error", () => {});
    outgoing.write(asLines(records.slice(0, 2_400)));
    const [incoming] = await once(outgoing, "response");
    incoming.on("error", () => {});
    const [first] = await once(incoming, "data");
    outgoing.destroy();
    const batchId = parsed(String(first).split("\n")[0] ?? "")[0].batchId;
    const again = await waitFor("the key to be free", async () => {
      const answer = await stream(asLines(records), key);
      return answer.text.includes("idempotency_key_in_use") ? null : answer;
    });
    const answers = parsed(again.text);
    expect(answers[0].batchId).toBe(batchId);
    expect(answers.at(-1).summary).toEqual({ lines: 3_000, batches: 3, counts: { accepted: 3_000 } });
    const [{ rows }] = (await services.owner`
      SELECT count(*)::int AS rows FROM admission.version WHERE record_id LIKE 'gone-%' AND occurrences = 1`) as [
      { rows: number },
    ];
    expect(rows).toBe(3_000);
    expect(parsed((await stream(asLines(records), key)).text)).toEqual(answers);
    const changed = await stream(asLines([record("gone-0", { hours: 9 })]), key);
    expect(changed.json).toMatchObject({ code: "idempotency_key_reused", status: 422 });
    const otherEnd = [...records.slice(0, 2_999), record("gone-x")];
    const late = parsed((await stream(asLines(otherEnd), key)).text);
    expect(late).toHaveLength(2_001);
    expect(late.at(-1)).toMatchObject({ problem: { code: "idempotency_key_reused" } });
  });

  test("lines that are too long, bodies that unpack to too much, and other encodings are refused", async () => {
    const long = parsed((await stream(`${JSON.stringify(record("long", { title: "长".repeat(9_000) }))}\n`)).text);
    expect(long[0]).toMatchObject({ outcome: "refused", errors: [{ code: "line_invalid" }] });
    expect((await stream("", {})).json).toMatchObject({ code: "validation_failed", status: 422 });
    expect((await stream("x", { "Content-Encoding": "br" })).status).toBe(415);
    const broken = gzipSync(asLines(many("broken", 3))).subarray(0, 60);
    expect((await stream(broken, { "Content-Encoding": "gzip" })).json).toMatchObject({
      ...{ code: "malformed_request", status: 400 },
    });
  });

  test("a compressed stream is read like any other", async () => {
    const answer = await stream(gzipSync(asLines(many("zip", 1_200))), { "Content-Encoding": "gzip" });
    expect(parsed(answer.text).at(-1).summary.counts).toEqual({ accepted: 1_200 });
  });
});

describe("compressed JSON", () => {
  const send = (body: Uint8Array) =>
    services.call(services.ingestionUrl, "POST", "/v1/records", "demo-training", body, { "Content-Encoding": "gzip" });

  test("is unpacked", async () => {
    const { status, json } = await send(gzipSync(JSON.stringify({ records: [record("packed")] })));
    expect([status, json.receipts[0].outcome]).toEqual([202, "accepted"]);
  });

  test("that unpacks to more than the bound, or is no gzip, is refused", async () => {
    const bomb = gzipSync(Buffer.alloc(64_000_000, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    expect((await send(bomb)).json).toMatchObject({ status: 413, code: "body_too_large" });
    expect((await send(Buffer.from("no gzip"))).json).toMatchObject({ status: 400, code: "malformed_request" });
  });
});

describe("an Idempotency-Key", () => {
  const key = (name: string) => ({ "Idempotency-Key": name });

  test("gives the same answer for the same request, and stores it once", async () => {
    const records = [record("k-1"), record("k-2", { hours: "八" }), { bad: true }, record("k-1")];
    const first = await services.push(records, key("push-1"));
    const second = await services.push(records, key("push-1"));
    expect(second.json).toEqual(first.json);
    expect([first.headers.get("idempotency-replayed"), second.headers.get("idempotency-replayed")]).toEqual([
      null,
      "true",
    ]);
    expect((await services.push(records)).json.batchId).not.toBe(first.json.batchId);
  });

  test("with other content is refused, and belongs to its source", async () => {
    expect((await services.push([record("k-3")], key("push-2"))).status).toBe(202);
    expect((await services.push([record("k-4")], key("push-2"))).json).toMatchObject({
      ...{ status: 422, code: "idempotency_key_reused" },
    });
    const other = { records: [record("k-4")] };
    const path = "/v1/records";
    expect((await services.call(services.ingestionUrl, "POST", path, "quzhou-city", other, key("push-2"))).status).toBe(
      202,
    );
    expect((await services.push([record("k-5")], key("a b"))).json).toMatchObject({
      ...{ status: 422, errors: [{ path: "Idempotency-Key" }] },
    });
  });

  test("of requests at once lets one take effect; the others wait or get its answer", async () => {
    const records = many("race", 300);
    const answers = await Promise.all(Array.from({ length: 6 }, () => services.push(records, key("race-1"))));
    const codes = answers.map(({ status, json }) => (status === 202 ? json.batchId : json.code));
    const [batchId] = codes.filter((code) => code !== "idempotency_key_in_use");
    expect(new Set(codes.filter((code) => code !== "idempotency_key_in_use"))).toEqual(new Set([batchId]));
    expect((await services.push(records, key("race-1"))).json.batchId).toBe(batchId);
    const rows =
      await services.owner`SELECT 1 FROM admission.version WHERE record_id LIKE 'race-%' AND occurrences > 1`;
    expect(rows).toHaveLength(0);
  });

  test("holds for withdrawals too", async () => {
    await services.posted((await services.push([record("k-9")])).json.batchId);
    const withdraw = () =>
      services.call(
        services.ingestionUrl,
        "DELETE",
        "/v1/records/k-9?reason=x",
        "demo-training",
        undefined,
        key("del-1"),
      );
    const [first, second] = [await withdraw(), await withdraw()];
    expect(second.json).toEqual(first.json);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("a dry run", () => {
  const mixed = [
    record("dry-1"),
    record("dry-2", { hours: 0 }),
    record("dry-3", { practitioner: { idType: "resident-id", idNumber: ID, name: "别人" } }),
    record("dry-4", { practitioner: { idType: "resident-id", idNumber: "330899198003070011", name: "新人" } }),
    record("dry-1"),
    { recordId: "dry-5" },
  ];

  test("gives the receipts that the push then gets, and keeps nothing", async () => {
    const before = await everything();
    const tried = await validate({ records: mixed });
    expect(tried.status).toBe(200);
    expect(await everything()).toEqual(before);
    const pushed = await services.push(mixed);
    expect(tried.json.receipts).toEqual(pushed.json.receipts);
    const again = await validate({ records: mixed });
    const outcomes = again.json.receipts.map(({ outcome }: { outcome: string }) => outcome);
    expect(outcomes).toEqual(["unchanged", "refused", "held", "unchanged", "unchanged", "refused"]);
  });

  test("gives way to whoever has a person in hand, and says to try again", async () => {
    await services.push([record("way-1")]);
    await services.owner.begin(async (tx) => {
      await tx`SELECT 1 FROM admission.identity FOR UPDATE`;
      const answer = await validate({ records: [record("way-2")] });
      expect([answer.json.code, answer.headers.get("retry-after")]).toEqual(["service_unavailable", "1"]);
    });
    expect((await validate({ records: [record("way-2")] })).status).toBe(200);
  });

  test("of lines sees what earlier lines would have brought, across parts", async () => {
    const lines = asLines([record("dl-1"), ...many("dl", 1_000), record("dl-1")]);
    const answers = parsed((await validate(lines, NDJSON)).text);
    expect([answers.length, answers[0].outcome, answers.at(-1).outcome]).toEqual([1_002, "accepted", "unchanged"]);
  });
});

describe("one record", () => {
  const see = (recordId: string, key: string, query = "") =>
    services.call(services.ingestionUrl, "GET", `/v1/records/${encodeURIComponent(recordId)}${query}`, key);

  test("that was refused says what to fix; corrected, it counts", async () => {
    await services.push([record("fix/1 课", { hours: "八小时" })]);
    const refused = await services.record("fix/1 课");
    expect(refused).toMatchObject({
      state: null,
      counts: false,
      refusedRows: [{ code: "hours_invalid" }],
      versions: [],
    });
    expect(refused.message).toContain("学时须为");
    await services.push([record("fix/1 课", { hours: 8, updateTime: "2020-03-03T00:00:00Z" })]);
    expect(await services.record("fix/1 课")).toMatchObject({
      ...{ state: "registered", counts: true, hours: 8, subject: "professional", year: 2020, platform: "quzhou-city" },
      versions: [{ isCurrent: true, hours: 8, status: "final" }],
    });
  });

  test("that is a duplicate names the one that counts; a held one and a withdrawn one say so", async () => {
    const same = { title: "同一课程", obtainedOn: "2020-05-05" };
    await services.push([record("dup-1", { ...same, hours: 6 }), record("dup-2", { ...same, hours: 9 })]);
    expect(await services.record("dup-1")).toMatchObject({
      ...{ state: "duplicate", counts: false, countsInstead: { source: "demo-training", recordId: "dup-2" } },
    });
    await services.push([record("held-1", { practitioner: { idType: "resident-id", idNumber: ID, name: "别人" } })]);
    expect(await services.record("held-1")).toMatchObject({ state: "held", heldRows: [{ code: "identity_conflict" }] });
    await services.call(services.ingestionUrl, "DELETE", "/v1/records/dup-2?reason=名单有误", "demo-training");
    expect(await services.record("dup-2")).toMatchObject({ state: "withdrawn", note: "名单有误" });
    expect(await services.record("dup-1")).toMatchObject({ state: "registered", countsInstead: null });
  });

  test("that an operator says is another's achievement says so, with the document, until that is taken back", async () => {
    await services.push([record("same-1", { hours: 5, title: "甲" }), record("same-2", { hours: 7, title: "乙" })]);
    const recordSets = [["same-1", "same-2"].map((id) => recordKeyOf(sha256Hex, "demo-training", id))];
    const decide = (path: string, body: object) =>
      services.call(services.ledgerUrl, "POST", `/v1/duplicates/decisions${path}`, "operator", body);
    for (const id of ["same-1", "same-2"]) expect(await services.record(id)).toMatchObject({ state: "registered" });
    const because = { reason: "同一期培训", document: "情况说明 7", apply: true };
    const decision = await decide("", { kind: "same_achievement", recordSets, ...because });
    expect(await services.record("same-1")).toMatchObject({
      ...{ state: "duplicate", code: "duplicate", counts: false, note: "同一期培训 (情况说明 7)" },
      countsInstead: {
        ...{ source: "demo-training", recordId: "same-2" },
        because: [{ by: "operator", recordId: "same-2", document: "情况说明 7" }],
      },
    });
    await decide(`/${decision.json.decisionId}/undo`, { reason: "两期培训" });
    expect(await services.record("same-1")).toMatchObject({ state: "registered", counts: true, countsInstead: null });
  });

  test("that an operator revoked says so, whatever its source sends later", async () => {
    await services.push([record("revoked-1", { updateTime: "2020-04-01T00:00:00Z" })]);
    const { recordId } = await services.record("revoked-1");
    const recordKey = recordKeyOf(sha256Hex, "demo-training", recordId);
    const why = { reason: "办理差错", document: "说明 2021-4" };
    const body = { kind: "administrative_error", recordKeys: [recordKey], ...why, apply: true };
    const { json } = await services.call(services.ledgerUrl, "POST", "/v1/corrections", "operator", body);
    expect(json).toMatchObject({ state: "applied" });
    await services.push([record("revoked-1", { hours: 16, updateTime: "2020-05-01T00:00:00Z" })]);
    const view = await services.record("revoked-1");
    expect(view).toMatchObject({
      ...{ state: "withdrawn", counts: false, code: "administrative_error", hours: 16, note: "办理差错 (说明 2021-4)" },
    });
    expect(view.message).toContain("登记差错");
  });

  test("of a source that registers for no platform of record counts nowhere, and says so", async () => {
    const pushed = { records: [record("else-1")] };
    await services.call(services.ingestionUrl, "POST", "/v1/records", "other-training", pushed);
    const view = await waitFor("it to be posted", async () => {
      const { json } = await see("else-1", "other-training");
      return json.isPending ? null : json;
    });
    expect(view).toMatchObject({ state: "registered", counts: false, code: "registered_elsewhere" });
  });

  test("lists so many rows and says that there are more; the last one that came says what to fix", async () => {
    const bad = Array.from({ length: 101 }, (_, nth) =>
      record("often", { hours: 0, updateTime: new Date(Date.UTC(2020, 5, 1) + nth * 60_000).toISOString() }),
    );
    await services.push(bad);
    await services.push([record("often", { obtainedOn: "2020-02-30", updateTime: "2019-01-01T00:00:00Z" })]);
    const { refusedRows, hasMore, code } = await services.record("often");
    expect([refusedRows.length, hasMore, code]).toEqual([100, true, "hours_invalid"]);
    await services.push([record("twice", { hours: 0, updateTime: "2020-06-01T00:00:00Z" })]);
    await services.push([record("twice", { obtainedOn: "2020-02-30", updateTime: "2019-01-01T00:00:00Z" })]);
    expect(await services.record("twice")).toMatchObject({ code: "date_invalid", hasMore: false });
  });

  test("is seen by its source and by operators, and nothing in it says whose it is", async () => {
    await services.push([record("seen-1")]);
    await services.record("seen-1");
    expect((await see("seen-1", "quzhou-city")).json.code).toBe("record_not_found");
    expect((await see("never", "demo-training")).status).toBe(404);
    expect((await see("seen-1", "declarations")).status).toBe(403);
    expect((await see("seen-1", "operator")).json).toMatchObject({ status: 422, errors: [{ path: "source" }] });
    const { text } = await see("seen-1", "operator", "?source=demo-training");
    for (const personal of [ID, NAME]) expect(text).not.toContain(personal);
  });
});
