import { readReadmission } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { cityRow, smallCity } from "../../acquisition/testing/city-listing.ts";
import { startCityServer } from "../../acquisition/testing/city-server.ts";
import { type Json, openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";
import { requestReadmission } from "./request-readmission.ts";
import { runReadmission } from "./run-readmission.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const never = new AbortController().signal;
/** The check digit is wrong. */
const WRONG = { ...PEOPLE.zhang, idNumber: "330899199001010037" };
const LATER = { updateTime: "2020-03-04T08:00:00+08:00", status: "withdrawn" };

async function readmit(source: string, mode: "compare" | "apply"): Promise<Record<string, number>> {
  const { context } = world;
  const said = { source, mode, reason: "mended", actor: "operator-1", idempotencyKey: null };
  const { row } = await requestReadmission(context, { ...said, receivedAtMs: context.clock() });
  expect(await runReadmission(context, row.readmissionId, never)).toBe("ended");
  const { pages, rows, pagesLeft, pagesUnreadable, ...found } =
    (await readReadmission(context.sql, row.readmissionId))?.progress.sums ?? {};
  return found;
}

async function correct(recordId: string, correction: Json): Promise<unknown> {
  const rows = (await world.list("kind=refused")).filter((one) => one.recordId === recordId);
  const [row] = rows.toSorted((left, right) => (String(left.updateTime) < String(right.updateTime) ? -1 : 1));
  const body = { kind: "correct", reason: "looked at it", document: "certificate 31", correction };
  const { status, json } = await world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, body);
  expect(status).toBe(200);
  return json.decisionId;
}

const versions = () => world.owner<{ status: string; isLeftOut: boolean }[]>`
  SELECT status, voided_by IS NOT NULL AS "isLeftOut" FROM admission.version ORDER BY update_time`;

it.each([
  ["after", false],
  ["before", false],
  ["after", true],
] as const)(
  "what a source withdrew %s an operator corrected it stays withdrawn, undone: %s",
  async (order, isUndone) => {
    await world.push({ recordId: "r-1", practitioner: WRONG });
    if (order === "before") await world.push({ recordId: "r-1", practitioner: WRONG, ...LATER });
    const decisionId = await correct("r-1", { idNumber: PEOPLE.zhang.idNumber });
    if (order === "after") await world.push({ recordId: "r-1", practitioner: WRONG, ...LATER });
    if (isUndone) await world.call("DELETE", `/v1/quarantine/decisions/${decisionId}`, { reason: "wrong" });
    const before = await versions();
    expect(before).toEqual([
      { status: "final", isLeftOut: isUndone },
      { status: "withdrawn", isLeftOut: false },
    ]);
    // Nothing of the mapping was changed, so nothing can read otherwise.
    expect(await readmit(SOURCE, "compare")).toEqual({});
    expect(await readmit(SOURCE, "apply")).toEqual({});
    expect(await versions()).toEqual(before);
  },
);

/** A platform whose status words are wrong while C-1 is corrected and changed, and then mended. */
async function mendStatuses(name: string, statuses: Platform["mapping"]["statuses"], status: number): Promise<void> {
  const city = smallCity({ rowsPerPage: 4, overlapSeconds: 0 }, { catalogue: null });
  const mended = { ...city.platform, name };
  const wrong: Platform = { ...mended, mapping: { ...mended.mapping, statuses } };
  const server = await startCityServer(city, [cityRow("C-1", 100, { IdCard: WRONG.idNumber })]);
  world.use([wrong], server.url);
  await world.pull(wrong);
  await correct("C-1", { idNumber: PEOPLE.zhang.idNumber });
  server.listing.append([cityRow("C-1", 200, { IdCard: WRONG.idNumber, Status: status })]);
  await world.pull(wrong);
  world.use([mended], server.url);
}

it("a withdrawal that no mapping had read takes back what was corrected", async () => {
  await mendStatuses("city-a", { "3": "final" }, 9);
  expect(await versions()).toEqual([{ status: "final", isLeftOut: false }]);
  expect(await readmit("city-a", "compare")).toEqual({ records: 1, added: 1 });
  await readmit("city-a", "apply");
  expect(await versions()).toEqual([
    { status: "final", isLeftOut: false },
    { status: "withdrawn", isLeftOut: false },
  ]);
  expect(await readmit("city-a", "compare")).toEqual({});
});

it("a withdrawal that no mapping reads any more gives the hours back", async () => {
  // A draft was taken for a withdrawal.
  await mendStatuses("city-b", { "1": "withdrawn", "3": "final" }, 1);
  expect(await versions()).toMatchObject([{ status: "final" }, { status: "withdrawn" }]);
  expect(await readmit("city-b", "compare")).toEqual({ records: 1, leftOut: 1, refused: 1 });
  await readmit("city-b", "apply");
  expect(await versions()).toEqual([
    { status: "final", isLeftOut: false },
    { status: "withdrawn", isLeftOut: true },
  ]);
});
