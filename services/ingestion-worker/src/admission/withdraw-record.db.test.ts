import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestQuarantine, PEOPLE, SOURCE } from "./testing/test-quarantine.ts";
import { withdrawRecord } from "./withdraw-record.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const { zhang } = PEOPLE;
const NEXT_DAY = "2020-03-04T08:00:00+08:00";
const decide = (row: Json | undefined, body: Json) =>
  world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, { reason: "looked at it", document: "id card", ...body });
const withdraw = (recordId: string) =>
  withdrawRecord(world.context, {
    ...{ source: SOURCE, recordId, reason: "the list was wrong", updateTimeMs: null },
    ...{ receivedAtMs: world.context.clock(), requestKey: null },
  });

describe("hours that a rule would hold, once accepted", () => {
  const odd = { recordId: "r-1", hours: 90, studiedFrom: "2020-03-02" };
  const accept = async () => {
    await world.push(odd);
    await world.noteHeld("r-1");
    expect(await decide((await world.list("kind=held"))[0], { kind: "accept" })).toMatchObject({ status: 200 });
  };

  it("are taken back by a withdrawal", async () => {
    await accept();
    expect((await withdraw("r-1"))?.receipts).toMatchObject([{ outcome: "superseded", code: null }]);
  });

  it.each(["withdrawn", "draft"])("are taken back by a row that is %s", async (status) => {
    await accept();
    expect(await world.push({ ...odd, status, updateTime: NEXT_DAY })).toMatchObject([{ outcome: "superseded" }]);
  });
});

describe("a record of which an operator corrected", () => {
  const wrong = [
    ["the id", "refused", { recordId: "r-1", practitioner: { ...zhang, idNumber: "330899199001010037" } }],
    ["the name", "held", { recordId: "r-1", practitioner: { ...zhang, name: "章为" } }],
  ] as const;
  const correct = async (kind: string) => {
    if (kind === "held") await world.noteHeld("r-1");
    const rows = await world.list(`kind=${kind}`);
    const row = rows.find(({ updateTime }) => updateTime === rows.map((one) => one.updateTime).sort()[0]);
    return decide(row, { kind: "correct", correction: { idNumber: zhang.idNumber, name: zhang.name } });
  };
  const versions = async (kind: string) => {
    const [row] = await world.list(`kind=${kind}&decided=any&settled=any`);
    return (await world.call("GET", `/v1/quarantine/${row?.rowId}`)).json.versions as Json[];
  };

  it.each(wrong)("%s is taken back by a row that is wrong again", async (_what, kind, row) => {
    await world.push({ recordId: "r-0" });
    await world.push(row);
    expect(await correct(kind)).toMatchObject({ json: { standing: true } });
    const withdrawal = { ...row, status: "withdrawn", updateTime: NEXT_DAY };
    expect(await world.push(withdrawal)).toMatchObject([{ outcome: "superseded", code: null }]);
    expect((await versions(kind)).filter(({ standing }) => standing)).toMatchObject([{ status: "withdrawn" }]);
    const again = [withdrawal, { ...withdrawal, updateTime: "2020-03-05T08:00:00+08:00" }];
    expect(await world.push(...again)).toMatchObject([{ outcome: "unchanged" }, { outcome: "unchanged" }]);
    // Only what takes hours back is believed.
    expect(await world.push({ ...row, updateTime: "2020-03-06T08:00:00+08:00" })).toMatchObject([{ outcome: kind }]);
  });

  it.each(wrong)("%s after it was taken back stays so", async (_what, kind, row) => {
    await world.push({ recordId: "r-0" });
    await world.push(row);
    await world.push({ ...row, status: "withdrawn", updateTime: NEXT_DAY });
    expect(await correct(kind)).toMatchObject({ status: 200, json: { standing: false } });
    expect((await versions(kind)).filter(({ standing }) => standing)).toMatchObject([{ status: "withdrawn" }]);
  });
});

it("a withdrawal leaves a person's id and name as they are", async () => {
  await world.push({ recordId: "r-1", practitioner: { ...zhang, idNumber: "330899199001010037" } });
  const [row] = await world.list("kind=refused");
  await decide(row, { kind: "correct", correction: { idNumber: zhang.idNumber } });
  await withdraw("r-1");
  const [person] = await world.owner`SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity`;
  expect(world.context.vault.openPerson(person as never)).toEqual({ id: zhang.idNumber, name: zhang.name });
});

it("what takes back a held row says the hours of the row, not the fewer ones of a correction that was undone", async () => {
  await world.push({ recordId: "r-0" });
  await world.push({ recordId: "r-1", hours: 8, practitioner: { ...zhang, name: "章为" } });
  await world.noteHeld("r-1");
  const [row] = (await world.list("kind=held")).filter((one) => one.recordId === "r-1");
  const corrected = await decide(row, { kind: "correct", correction: { hours: 5 } });
  expect(corrected.status).toBe(200);
  const undone = await world.call("DELETE", `/v1/quarantine/decisions/${corrected.json.decisionId}`, {
    reason: "wrong",
  });
  expect(undone.status).toBe(200);
  await withdraw("r-1");
  const said = await world.owner<{ hours: number }[]>`
    SELECT hours_hundredths AS hours FROM admission.version WHERE record_id = 'r-1' AND status = 'withdrawn'`;
  expect(said.map((one) => one.hours)).toEqual([800]);
});

it("of a refused row nothing is withdrawn, nor of a correction of it that was taken back, until it stands again", async () => {
  await world.push({ recordId: "r-1", hours: 0 });
  expect(await withdraw("r-1")).toBeNull();
  const [row] = await world.list("kind=refused");
  const correct = () => decide(row, { kind: "correct", correction: { hours: 5 } });
  const { decisionId } = (await correct()).json;
  await world.call("DELETE", `/v1/quarantine/decisions/${decisionId}`, { reason: "wrong" });
  expect(await withdraw("r-1")).toBeNull();
  expect(await correct()).toMatchObject({ status: 200 });
  expect((await withdraw("r-1"))?.receipts).toMatchObject([{ outcome: "superseded", code: null }]);
});
