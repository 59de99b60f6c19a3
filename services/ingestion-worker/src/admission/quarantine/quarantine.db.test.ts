import { summariseRows } from "@xueshi/database";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { type Json, KEY_ID, openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";
import { decideRows } from "./decide-rows.ts";
import { parseRowId, type RowKey } from "./row-id.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const because = { reason: "looked at it" };
const decide = (row: Json | undefined, body: Json) =>
  world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, { ...because, ...body });
const open = async (row: Json | undefined) => (await world.call("GET", `/v1/quarantine/${row?.rowId}`)).json;
const undo = (decisionId: unknown) =>
  world.call("DELETE", `/v1/quarantine/decisions/${decisionId}`, { reason: "wrong" });
const decisionBatches = () => world.owner<{ records: number; people: number }[]>`
  SELECT cardinality(record_keys) AS records, cardinality(practitioner_ids) AS people FROM acquisition.batch
  WHERE origin = 'decision' ORDER BY received_at, batch_id`;

describe("a refused row", () => {
  it("is listed with what to do, opened masked, corrected on a document, and back when that is undone", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    expect(row).toMatchObject({ code: "hours_invalid", recordId: "r-1", decision: null, hours: null, settled: false });
    expect(row?.message).toMatch(/correct them and send it again/);
    expect(await open(row)).toMatchObject({ rawAvailable: true, versions: [], decisions: [] });
    const corrected = await decide(row, { kind: "correct", document: "certificate 31", correction: { hours: 8 } });
    expect(corrected).toMatchObject({ status: 200, json: { kind: "correct", standing: true } });
    expect(await world.list("kind=refused")).toEqual([]);
    const [decided] = await world.list("kind=refused&decided=yes");
    expect(decided).toMatchObject({ decision: { reason: "looked at it", document: "certificate 31" } });
    const [version] = (await open(decided)).versions as Json[];
    expect(version).toMatchObject({ hours: 8, standing: true, obtainedOn: "2020-03-02", title: "工程测量" });
    expect(await undo(corrected.json.decisionId)).toMatchObject({ status: 200 });
    expect((await world.list("kind=refused"))[0]?.rowId).toBe(row?.rowId);
    expect((await open(row)).versions).toMatchObject([{ state: "left_out", standing: false }]);
    expect((await undo(corrected.json.decisionId)).json.code).toBe("decision_conflict");
    expect(await decisionBatches()).toEqual([
      { records: 1, people: 1 },
      { records: 1, people: 1 },
    ]);
  });

  it("is counted once, whatever takes its place", async () => {
    await world.push({ recordId: "r-1", hours: "八" }, { recordId: "r-2" });
    const [row] = await world.list("kind=refused");
    const counts = async () => Object.fromEntries((await summariseRows(world.context.sql)).get(SOURCE) ?? []);
    const before = await counts();
    expect(before).toEqual({ accepted: 1, hours_invalid: 1 });
    await decide(row, { kind: "correct", document: "certificate 31", correction: { hours: 8 } });
    expect(await counts()).toEqual(before);
    await world.push({ recordId: "r-1", hours: 6, updateTime: "2020-03-04T08:00:00+08:00" });
    expect(await counts()).toEqual({ ...before, superseded: 1 });
  });

  it("gives way to what its source sends later", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    await decide(row, { kind: "correct", document: "certificate 31", correction: { hours: 8 } });
    expect(await world.push({ recordId: "r-1", hours: 6, updateTime: "2020-03-04T08:00:00+08:00" })).toMatchObject([
      { outcome: "superseded" },
    ]);
    expect((await open((await world.list("kind=refused&decided=yes&settled=yes"))[0])).versions).toMatchObject([
      { hours: 8, standing: false },
      { hours: 6, standing: true },
    ]);
  });

  it("of the wrong shape that names a passport is corrected where it was wrong, and stays its holder's", async () => {
    const practitioner = { idType: "passport", idNumber: "E12345678", name: "李雷" };
    await world.push({ recordId: "r-1", hours: null, practitioner });
    const [row] = await world.list("kind=refused");
    const corrected = await decide(row, { kind: "correct", document: "certificate 31", correction: { hours: 8 } });
    expect(corrected).toMatchObject({ status: 200, json: { standing: true } });
    const holder = world.context.vault.practitionerIdOf("passport:E12345678" as never);
    expect(await world.owner`SELECT practitioner_id AS holder FROM admission.version`).toEqual([{ holder }]);
  });

  it.each<[string, Json, string]>([
    ["no document", { kind: "correct", correction: { hours: 8 } }, "document"],
    ["nothing corrected", { kind: "correct", document: "d", correction: {} }, "correction"],
    ["hours that nobody can read", { kind: "correct", document: "d", correction: { hours: "八" } }, "correction.hours"],
    [
      "a date that is not there",
      { kind: "correct", document: "d", correction: { hours: 8, obtainedOn: "2020-02-30" } },
      "correction.obtainedOn",
    ],
    ["a wrong id", { kind: "correct", document: "d", correction: { hours: 8, idNumber: "1" } }, "correction.idNumber"],
    ["a correction that is none", { kind: "refuse", correction: { hours: 8 } }, "correction"],
  ])("is not corrected with %s", async (_what, body, path) => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    const answer = await decide(row, body);
    expect(answer.status).toBe(422);
    expect((answer.json.errors as Json[]).map((error) => error.path)).toContain(path);
    expect(await world.list("kind=refused&decided=yes")).toEqual([]);
  });

  it("cannot be accepted, can be refused for good, and is decided of once", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    expect((await decide(row, { kind: "accept" })).json.code).toBe("row_not_acceptable");
    const refused = await decide(row, { kind: "refuse" });
    expect(refused.status).toBe(200);
    expect(await decide(row, { kind: "refuse" })).toMatchObject({
      json: { decisionId: refused.json.decisionId, batchId: null },
    });
    const other = await decide(row, { kind: "correct", document: "d", correction: { hours: 8 } });
    expect([other.status, other.json.code]).toEqual([409, "decision_conflict"]);
  });

  it("is corrected without the page that brought it from what is kept, and says what is missing", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    await world.owner`DELETE FROM acquisition.raw_page`;
    expect(await open(row)).toMatchObject({ rawAvailable: false });
    const short = await decide(row, { kind: "correct", document: "d", correction: { hours: 8 } });
    expect((short.json.errors as Json[])[0]?.path).toBe("correction.idNumber");
    const { idNumber, name } = PEOPLE.zhang;
    const whole = { hours: 8, idNumber, name, subject: "professional" };
    expect(await decide(row, { kind: "correct", document: "d", correction: whole })).toMatchObject({
      json: { standing: true },
    });
  });
});

describe("a held row", () => {
  const variant = { recordId: "r-2", practitioner: { ...PEOPLE.zhang, name: "張偉" } };
  it("under another spelling is said to be likely the same, and all of them are accepted at once", async () => {
    await world.push({ recordId: "r-1" });
    expect(await world.push(variant, { ...variant, recordId: "r-3" })).toMatchObject([
      { outcome: "held", code: "identity_conflict" },
      { outcome: "held", code: "identity_conflict" },
    ]);
    await world.push({ recordId: "r-4", practitioner: { ...PEOPLE.zhang, name: "李四" } });
    for (const recordId of ["r-2", "r-3", "r-4"]) await world.noteHeld(recordId);
    const held = await world.list("kind=held&limit=2");
    expect(held.map((row) => [row.recordId, row.likelySameName]).sort()).toEqual([
      ["r-2", true],
      ["r-3", true],
      ["r-4", false],
    ]);
    const item = await open(held.find((row) => row.recordId === "r-2"));
    expect(item).toMatchObject({
      ...{ maskedIdNumber: "330899********0036", maskedKnownName: "张*", maskedName: "張*", nameVariants: ["script"] },
    });
    const filter = { code: "identity_conflict", likelySameName: true };
    const bulk = await world.call("POST", "/v1/quarantine/decisions", { kind: "accept", filter, ...because });
    expect(bulk.json).toMatchObject({ more: false, receipts: [{ outcome: "decided" }, { outcome: "decided" }] });
    expect((await world.list("kind=held")).map((row) => row.recordId)).toEqual(["r-4"]);
    expect(await world.push({ ...variant, recordId: "r-5" })).toMatchObject([{ outcome: "accepted" }]);
    const [first, second] = (bulk.json.receipts as Json[]).map((receipt) => receipt.decisionId);
    await undo(first);
    // One of two decisions accepted the name all the same.
    expect(await world.push({ ...variant, recordId: "r-6" })).toMatchObject([{ outcome: "accepted" }]);
    await undo(second);
    expect(await world.push({ ...variant, recordId: "r-7" })).toMatchObject([{ outcome: "held" }]);
  });

  it("is taken at once where the installation accepts other spellings", async () => {
    Object.assign(world.context, { nameVariants: "accept" });
    await world.push({ recordId: "r-1" });
    expect(await world.push(variant)).toMatchObject([{ outcome: "accepted" }]);
    expect(await world.push({ ...variant, practitioner: { ...PEOPLE.zhang, name: "李四" } })).toMatchObject([
      { outcome: "held" },
    ]);
    Object.assign(world.context, { nameVariants: "hold" });
  });

  it("by a rule of its source counts once it is accepted, whenever the same comes again", async () => {
    const odd = { recordId: "r-1", hours: 90, studiedFrom: "2020-03-02" };
    expect(await world.push(odd)).toMatchObject([{ outcome: "held", code: "implausible" }]);
    await world.noteHeld("r-1");
    const [row] = await world.list("kind=held&code=implausible");
    expect(row?.flags).toEqual(["more_hours_than_days_hold"]);
    const accepted = await decide(row, { kind: "accept" });
    expect(accepted.json.standing).toBe(true);
    expect(await world.push({ ...odd, updateTime: "2020-03-09T08:00:00+08:00" })).toMatchObject([
      { outcome: "unchanged", code: null },
    ]);
    await undo(accepted.json.decisionId);
    expect(await world.push({ ...odd, updateTime: "2020-03-10T08:00:00+08:00" })).toMatchObject([{ outcome: "held" }]);
  });

  it("that an operator refuses stays out, and its source is told", async () => {
    const odd = { recordId: "r-1", hours: 90, studiedFrom: "2020-03-02" };
    await world.push(odd);
    await world.noteHeld("r-1");
    await decide((await world.list("kind=held"))[0], { kind: "refuse" });
    expect(await world.push({ ...odd, updateTime: "2020-03-09T08:00:00+08:00" })).toMatchObject([
      { outcome: "refused", code: "refused_by_operator" },
    ]);
    expect(await world.push({ recordId: "r-1", hours: 8 })).toMatchObject([{ outcome: "accepted" }]);
  });

  it("whose id was wrong becomes the other person's by a correction", async () => {
    await world.push({ recordId: "r-1" });
    await world.push({ recordId: "r-2", practitioner: { ...PEOPLE.zhang, name: PEOPLE.deng.name } });
    await world.noteHeld("r-2");
    const [row] = await world.list("kind=held");
    const correction = { idNumber: PEOPLE.deng.idNumber };
    expect(await decide(row, { kind: "correct", document: "id card", correction })).toMatchObject({
      json: { standing: true },
    });
    // Whoever was only named by an operator is known under the name that a source says.
    expect(await world.push({ recordId: "r-3", practitioner: { ...PEOPLE.deng, name: "邓国强" } })).toMatchObject([
      { outcome: "accepted" },
    ]);
  });
});

it("a mistyped name in a correction that was undone is no name, and one in force is", async () => {
  const wrongId = { ...PEOPLE.zhang, idNumber: "330899199001010037" };
  await world.push({ recordId: "r-1", practitioner: wrongId }, { recordId: "r-2", practitioner: wrongId });
  const [first, second] = await world.list("kind=refused");
  const correctTo = (row: Json | undefined, name: string) =>
    decide(row, { kind: "correct", document: "id card", correction: { idNumber: PEOPLE.zhang.idNumber, name } });
  const mistyped = await correctTo(first, "张韦");
  expect(mistyped.json.standing).toBe(true);
  expect((await correctTo(second, "张伟")).json.standing).toBe(false);
  await undo(mistyped.json.decisionId);
  expect((await correctTo(first, "张伟")).json.standing).toBe(true);
  expect((await open((await world.list("kind=refused&decided=yes"))[1])).versions).toContainEqual(
    expect.objectContaining({ state: "admitted", standing: true }),
  );
  expect((await decisionBatches()).at(-1)).toEqual({ records: 2, people: 1 });
  const [person] = await world.owner`SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity`;
  expect(world.context.vault.openPerson(person as never).name).toBe("张伟");
});

describe("rows of the same update time", () => {
  it("the one that lost is listed, and stands once it is accepted", async () => {
    expect(await world.push({ recordId: "r-1", hours: 8 }, { recordId: "r-1", hours: 12 })).toMatchObject([
      { outcome: "accepted" },
      { outcome: "conflict" },
    ]);
    const [loser, ...others] = await world.list("kind=conflict");
    expect(others).toEqual([]);
    expect(loser).toMatchObject({ hours: 12, code: null });
    const accepted = await decide(loser, { kind: "accept" });
    expect(accepted.json.standing).toBe(true);
    expect(await world.list("kind=conflict")).toEqual([]);
    expect((await open((await world.list("kind=conflict&decided=yes"))[0])).versions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ hours: 12, standing: true, state: "admitted" }),
        expect.objectContaining({ hours: 8, standing: false, state: "left_out" }),
      ]),
    );
    // What stands is said again, and what was left out is nothing new.
    expect(await world.push({ recordId: "r-1", hours: 12 }, { recordId: "r-1", hours: 8 })).toMatchObject([
      { outcome: "unchanged" },
      { outcome: "conflict" },
    ]);
    await undo(accepted.json.decisionId);
    expect((await world.list("kind=conflict"))[0]?.hours).toBe(12);
  });
});

test("odd rows that count are listed by their flags, two sessions on one day among them", async () => {
  const session = { pathway: "面授", studiedFrom: "2020-03-01", studiedUntil: "2020-03-02" };
  await world.push({ recordId: "r-1", title: "2016年公需课" }, { recordId: "r-2", title: "甲", ...session });
  await world.push({ recordId: "r-3", title: "乙", ...session, studiedFrom: "2020-03-02" });
  await world.push({ recordId: "r-4", title: "乙", practitioner: PEOPLE.deng, ...session });
  const flagged = await world.list("kind=flagged&limit=1");
  expect(flagged.map((row) => [row.recordId, row.flags]).sort()).toEqual([
    ["r-1", ["title_names_other_year"]],
    ["r-2", ["overlapping_sessions"]],
    ["r-3", ["overlapping_sessions"]],
  ]);
  expect(await world.list("kind=flagged&code=title_names_other_year")).toHaveLength(1);
  const overlapping = flagged.find((row) => row.recordId === "r-2");
  expect((await open(overlapping)).overlaps).toEqual([{ source: "demo-training", recordId: "r-3", title: "乙" }]);
  await decide(overlapping, { kind: "accept" });
  expect(await world.list("kind=flagged&code=overlapping_sessions")).toHaveLength(1);
});

test("nothing that is listed or logged says who a row is about", async () => {
  await world.push({ recordId: "r-1", hours: "八" }, { recordId: "r-2", title: "2016年" });
  const shown = JSON.stringify([await world.list("kind=refused"), await world.list("kind=flagged")]);
  const item = await open((await world.list("kind=flagged"))[0]);
  const all = `${shown}${JSON.stringify(item)}${world.logged.join("")}`;
  expect(all).not.toContain(PEOPLE.zhang.idNumber);
  expect(all).not.toContain(PEOPLE.zhang.name);
  expect(all).not.toContain(world.context.vault.practitionerIdOf(PEOPLE.zhang.idNumber as never));
});

test("who opens a row is kept before the person is shown, and nothing is shown where it cannot be kept", async () => {
  await world.push({ recordId: "r-0" });
  await world.push(
    { recordId: "r-1", hours: "八" },
    { recordId: "r-2", practitioner: { ...PEOPLE.zhang, idNumber: "1" } },
  );
  const [first, second] = (await world.list("kind=refused")).toSorted((left) => (left.recordId === "r-1" ? -1 : 1));
  const looks = () => world.owner`
    SELECT practitioner_id::text AS person, key_id::text AS key, record_key::text AS record FROM admission.row_access`;
  expect(await looks(), "a list names nobody").toEqual([]);
  expect((await open(first)).maskedIdNumber).toContain("*");
  const person = world.context.vault.practitionerIdOf(PEOPLE.zhang.idNumber as never);
  const look = { person, key: KEY_ID, record: parseRowId(String(first?.rowId))?.recordKey };
  expect(await looks()).toEqual([look]);
  expect((await open(second)).maskedIdNumber).toBeNull();
  expect(await looks(), "a row of nobody is nobody's").toEqual([look]);
  await world.owner`REVOKE INSERT ON admission.row_access FROM xueshi_ingestion`;
  const refused = await world.call("GET", `/v1/quarantine/${first?.rowId}`);
  await world.owner`GRANT INSERT ON admission.row_access TO xueshi_ingestion`;
  expect(refused.status).toBe(500);
  expect(refused.json).not.toHaveProperty("maskedIdNumber");
});

it.each(["accept", "refuse"] as const)("to %s many rows takes no more statements than a few", async (kind) => {
  let statements = 0;
  const count = (tx: object) =>
    new Proxy(tx, {
      apply(target, self, said) {
        statements += 1;
        return Reflect.apply(target as never, self, said);
      },
    });
  const { sql } = world.context;
  const begin = (run: (tx: object) => unknown) => sql.begin((tx) => run(count(tx)));
  const counting = {
    ...world.context,
    sql: new Proxy(sql, { get: (target, key) => (key === "begin" ? begin : target[key as never]) }),
  };
  const decideOf = async (recordIds: readonly string[]) => {
    await world.push(
      ...recordIds.map((recordId) => ({ recordId, practitioner: { ...PEOPLE.zhang, name: `张${recordId}` } })),
    );
    for (const recordId of recordIds) await world.noteHeld(recordId);
    const rows = (await world.list("kind=held")).map(({ rowId }) => parseRowId(String(rowId)) as RowKey);
    const because = {
      reason: "looked at it",
      document: null,
      actor: "operator-1",
      language: "en",
      correction: null,
    } as const;
    statements = 0;
    const { outcomes } = await decideRows(counting, { rows, kind, ...because });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(recordIds.map(() => "decided"));
    return statements;
  };
  await world.push({ recordId: "r-1" });
  const few = await decideOf(["s-1", "s-2"]);
  expect(few).toBeGreaterThan(0);
  expect(await decideOf(["s-3", "s-4", "s-5", "s-6", "s-7", "s-8"])).toBe(few);
});

describe("what cannot be", () => {
  const nobody = "A".repeat(75);
  it.each([
    ["GET", `/v1/quarantine/${nobody}`, undefined, 404, "quarantine_row_not_found"],
    ["GET", "/v1/quarantine/short", undefined, 422, "validation_failed"],
    ["GET", "/v1/quarantine", undefined, 422, "validation_failed"],
    ["GET", "/v1/quarantine?kind=held&cursor=xx", undefined, 422, "validation_failed"],
    ["POST", `/v1/quarantine/${nobody}/decision`, { kind: "accept", ...because }, 404, "quarantine_row_not_found"],
    ["POST", "/v1/quarantine/decisions", { kind: "accept", ...because }, 422, "validation_failed"],
    [
      "DELETE",
      "/v1/quarantine/decisions/018f22e2-79b0-8000-8000-000000000001?reason=x",
      undefined,
      404,
      "decision_not_found",
    ],
    ["DELETE", "/v1/quarantine/decisions/018f22e2-79b0-8000-8000-000000000001", undefined, 422, "validation_failed"],
  ])("%s %s", async (method, path, body, status, code) => {
    expect(await world.call(method, path, body)).toMatchObject({ status, json: { code } });
  });

  it("a bulk decision says of each row why it was not decided of", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    const [row] = await world.list("kind=refused");
    const body = { kind: "accept", rowIds: [row?.rowId, nobody], ...because };
    expect((await world.call("POST", "/v1/quarantine/decisions", body)).json).toMatchObject({
      batchId: null,
      receipts: [{ code: "cannot_accept_refused" }, { code: "row_not_found" }],
    });
  });
});

test("a key without the scope sees and decides nothing", async () => {
  const other = await openTestQuarantine(["batches:read", "quarantine:read"]);
  const refused = await other.call("POST", "/v1/quarantine/decisions", { kind: "accept", rowIds: ["x"], ...because });
  expect(refused).toMatchObject({ status: 403, json: { code: "scope_missing" } });
  await other.close();
});
