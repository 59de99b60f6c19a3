import { lockErasures, summariseRows, writeTombstones } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cityRow, type SmallCity, smallCity } from "../../acquisition/testing/city-listing.ts";
import { startCityServer } from "../../acquisition/testing/city-server.ts";
import { openRawRows } from "../quarantine/open-raw-rows.ts";
import { openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";
import { withdrawRecord } from "../withdraw-record.ts";
import { runErasure } from "./run-erasure.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const { zhang, deng, wang } = PEOPLE;
const idOf = ({ idNumber }: { readonly idNumber: string }) => world.context.vault.practitionerIdOf(idNumber as never);
const LAW = { reason: "consent_withdrawn", document: "a letter", basis: "a law" };
const TOMBSTONE = { ...LAW, actor: "operator-1" };
const NEVER = new AbortController().signal;

async function bury(person: { readonly idNumber: string }): Promise<void> {
  const said = { practitionerId: idOf(person), erasureId: world.context.newId(), erasedAtMs: 1 };
  await world.context.sql.begin((tx) => writeTombstones(tx, [{ ...said, ...TOMBSTONE }]));
}

/** Every page that is kept, opened. */
async function keptPages(): Promise<Buffer[]> {
  const rows = await world.owner<{ wrappedKey: Buffer; sealed: Buffer }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.raw_page ORDER BY batch_id`;
  return rows.map((row) => world.context.vault.openPage(row));
}

describe("a row of somebody who was erased", () => {
  beforeEach(() => bury(zhang));

  it("is refused, whatever else is wrong with it, and the others of its push are taken", async () => {
    expect(
      await world.push(
        { recordId: "r-1" },
        { recordId: "r-2", hours: "八" },
        { recordId: "r-3", practitioner: deng },
        { recordId: "r-4", practitioner: { ...zhang, name: "张纬" } },
      ),
    ).toMatchObject([
      { outcome: "refused", code: "erased" },
      { outcome: "refused", code: "erased" },
      { outcome: "accepted" },
      { outcome: "refused", code: "erased" },
    ]);
  });

  it("leaves nothing that names the person or says what it was, and no one is known by it", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-3", practitioner: deng });
    const [refusal] = await world.owner`
      SELECT practitioner_id AS person, title, obtained_on AS obtained, attributed_year AS year, code FROM admission.refusal`;
    expect(refusal).toEqual({ person: null, title: "", obtained: null, year: null, code: "erased" });
    expect(await world.owner`SELECT practitioner_id AS id FROM admission.identity`).toEqual([{ id: idOf(deng) }]);
    const [batch] = await world.owner`SELECT practitioner_ids AS people, counts FROM acquisition.batch`;
    expect(batch).toEqual({ people: [idOf(deng)], counts: { accepted: 1, refused: 1 } });
  });

  it("is not kept as it came, and the rows beside it are, each where it was", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-3", practitioner: deng });
    const [page] = await keptPages();
    expect(page?.toString()).not.toMatch(new RegExp(`${zhang.idNumber}|${zhang.name}`));
    const rows = [...openRawRows(page as Buffer, null)];
    expect(rows).toMatchObject([{ erased: expect.stringMatching(/^[0-9a-f]{64}$/) }, { recordId: "r-3" }]);
  });

  it("that comes again is the same row again: it is counted and kept once", async () => {
    await world.push({ recordId: "r-1" });
    await world.push({ recordId: "r-1" });
    expect(await world.owner`SELECT occurrences FROM admission.refusal`).toEqual([{ occurrences: 2 }]);
  });

  it("is found by the code where refused rows are counted", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-2" });
    expect((await summariseRows(world.context.sql)).get(SOURCE)?.get("erased")).toBe(2);
  });
});

describe.each([
  ["passport", "E12345678", "passport:E12345678"],
  ["foreign-permanent-resident-card", "DEU123456789012", "foreign-permanent-resident-card:DEU123456789012"],
  ["hk-macao-taiwan-residence-permit", "810000199408230021", "810000199408230021"],
])("a misshapen row of somebody erased who holds a %s", (idType, idNumber, id) => {
  const misshapen = { recordId: "r-1", hours: null, practitioner: { idType, idNumber, name: zhang.name } };

  it("is known as theirs: it is refused as erased, and nothing of it is kept", async () => {
    await bury({ idNumber: id });
    expect(await world.push(misshapen)).toMatchObject([{ outcome: "refused", code: "erased" }]);
    expect((await keptPages()).join("\n")).not.toMatch(new RegExp(`${idNumber}|${zhang.name}`));
    expect(await world.owner`SELECT practitioner_id AS person, title FROM admission.refusal`).toEqual([
      { person: null, title: "" },
    ]);
  });

  it("that came before is taken out of the pages that are kept", async () => {
    await world.push(misshapen, { recordId: "r-2", practitioner: { ...misshapen.practitioner } });
    expect((await keptPages()).join("\n")).toMatch(idNumber);
    const said = {
      practitioner: { idType, idNumber },
      reason: "consent_withdrawn",
      document: "a letter",
      basis: "a law",
    };
    const { json } = await world.call("POST", "/v1/erasures", said);
    await world.call("POST", `/v1/erasures/${json.erasureId}/apply`, { practitioner: said.practitioner });
    expect(await runErasure(world.context, json.erasureId as string, NEVER)).toBe("done");
    expect((await keptPages()).join("\n")).not.toMatch(new RegExp(`${idNumber}|${zhang.name}`));
  });
});

describe("what is there of somebody who is erased afterwards", () => {
  it("is in no list of rows that wait, and nothing is decided of it", async () => {
    await world.push({ recordId: "r-1", hours: "八" }, { recordId: "r-2", hours: "八", practitioner: deng });
    const [row] = (await world.list("kind=refused")).filter(({ recordId }) => recordId === "r-1");
    await bury(zhang);
    expect((await world.list("kind=refused")).map(({ recordId }) => recordId)).toEqual(["r-2"]);
    const said = { kind: "refuse", reason: "looked at it" };
    const answer = await world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, said);
    expect([answer.status, answer.json.code]).toEqual([410, "erased"]);
  });

  it("no row is corrected into", async () => {
    await world.push({ recordId: "r-2", hours: "八", practitioner: deng });
    await bury(zhang);
    const [row] = await world.list("kind=refused");
    const correction = { hours: 8, idNumber: zhang.idNumber, name: zhang.name };
    const said = { kind: "correct", reason: "looked at it", document: "id card", correction };
    const answer = await world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, said);
    expect([answer.status, answer.json.code]).toEqual([410, "erased"]);
    expect(await world.owner`SELECT FROM admission.row_decision`).toHaveLength(0);
  });

  it("is merged with nobody, and a merge with it is not taken back", async () => {
    await world.push(
      { recordId: "r-1" },
      { recordId: "r-2", practitioner: deng },
      { recordId: "r-3", practitioner: wang },
    );
    const merge = (from: string, into: string) =>
      world.call("POST", "/v1/identity/merges", {
        ...{ from: { practitionerId: from }, into: { practitionerId: into }, reason: "one person" },
      });
    const { json: made } = await merge(idOf(wang), idOf(zhang));
    await bury(zhang);
    const tries = [
      await merge(idOf(deng), idOf(zhang)),
      await merge(idOf(zhang), idOf(deng)),
      await world.call("DELETE", `/v1/identity/merges/${made.decisionId}?reason=two`),
    ];
    expect(tries.map(({ status, json }) => [status, json.code])).toEqual(tries.map(() => [410, "erased"]));
  });

  it("takes no withdrawal, of which nothing is kept", async () => {
    await world.push({ recordId: "r-1" });
    await bury(zhang);
    const asked = {
      source: SOURCE,
      recordId: "r-1",
      reason: `${zhang.name} left`,
      updateTimeMs: null,
      requestKey: null,
    };
    const stored = await withdrawRecord(world.context, { ...asked, receivedAtMs: world.context.clock() });
    expect(stored?.receipts).toMatchObject([{ outcome: "refused", code: "erased" }]);
    expect(await keptPages()).toHaveLength(1);
  });
});

it("whoever is being erased is not stored beside it: the one waits for the other", async () => {
  await world.push({ recordId: "r-1" });
  let pushed: Awaited<ReturnType<typeof world.push>> | null = null;
  let pushing: Promise<void> = Promise.resolve();
  await world.context.sql.begin(async (tx) => {
    await lockErasures(tx, "alone");
    pushing = world.push({ recordId: "r-2" }).then((receipts) => {
      pushed = receipts;
    });
    const waits = async () =>
      (await world.owner`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`).length > 0;
    while (!(await waits())) if (pushed !== null) throw new Error("it did not wait");
    const said = { practitionerId: idOf(zhang), erasureId: world.context.newId(), erasedAtMs: 1 };
    await writeTombstones(tx, [{ ...said, ...TOMBSTONE }]);
  });
  await pushing;
  expect(pushed).toMatchObject([{ outcome: "refused", code: "erased" }]);
});

describe("a platform that is pulled", () => {
  it("has the rows of somebody erased left out of its pages, also those that it sends again with a later one", async () => {
    const person = { IdCard: zhang.idNumber, RealName: zhang.name };
    const rows = [cityRow("A", 0), { ...cityRow("B", 1), ...person }, cityRow("C", 2)];
    const city = smallCity({ rowsPerPage: 2 }, { catalogue: null });
    const server = await startCityServer(city, rows as never, ({ path }) => {
      if (path === "/api/credit/list") world.state.nowMs += 2_000;
    });
    world.use([city.platform], server.url);
    await bury(zhang);
    expect(await world.pull(city.platform)).toMatchObject({ state: "complete", rows: 3 });
    const pages = await keptPages();
    expect(pages.length).toBeGreaterThan(1);
    const kept = pages.flatMap((page) => [...openRawRows(page, city.platform)]);
    // The row stood in both pages: the second is continued from its update time.
    expect(kept.filter((row) => "erased" in (row as object))).toHaveLength(2);
    expect(pages.join("\n")).not.toMatch(new RegExp(`${zhang.idNumber}|${zhang.name}`));
    expect(await world.owner`SELECT record_id AS id FROM admission.version ORDER BY 1`).toEqual([
      { id: "A" },
      { id: "C" },
    ]);
  });

  /** The city's listing as one that each pull reads whole, until two passes agree. */
  const listedWhole = (city: SmallCity): Platform => {
    const paging = {
      kind: "page" as const,
      indexParameter: "pageIndex",
      indexCounts: "pages" as const,
      indexFirst: 1 as const,
      pageSizeParameter: "pageSize",
      ...{ rowsPerPage: 3, total: ["data", "total"], hasMore: null, passesMax: 4, rowsRepeat: false },
    };
    return { ...city.platform, connection: { ...city.connection, paging } };
  };
  it.each([
    ["the next one begins with the row", 2, (city: SmallCity) => city.platform],
    ["it is read whole a second time", 3, listedWhole],
  ])("keeps nothing of somebody erased between its pages where %s", async (_how, firstPageRows, platformOf) => {
    const person = { IdCard: zhang.idNumber, RealName: zhang.name };
    const rows = [cityRow("A", 0), { ...cityRow("B", 1), ...person }, cityRow("C", 2)];
    const city = smallCity({ rowsPerPage: 2 }, { catalogue: null });
    // A name of its own: no cursor of an earlier pull.
    const platform = { ...platformOf(city), name: `city-${firstPageRows}` };
    const outcomes: string[] = [];
    /** The first page is stored, its person is erased, and no erasure is under way any more when the second one comes. */
    const eraseBetween = async (): Promise<void> => {
      await expect.poll(() => world.owner`SELECT FROM admission.version`).toHaveLength(firstPageRows);
      const said = { practitioner: { idType: zhang.idType, idNumber: zhang.idNumber }, ...LAW };
      const { json } = await world.call("POST", "/v1/erasures", said);
      await world.call("POST", `/v1/erasures/${json.erasureId}/apply`, { practitioner: said.practitioner });
      outcomes.push(await runErasure(world.context, json.erasureId as string, NEVER));
    };
    const server = await startCityServer(city, rows as never, ({ path, count, query, response }, listing) => {
      if (path !== "/api/credit/list") return undefined;
      world.state.nowMs += 2_000;
      if (count !== 2) return undefined;
      void eraseBetween().finally(() => {
        listing.remove(({ Id }) => Id === "A");
        listing.append([cityRow("D", 3)]);
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ code: 0, data: listing.page(query) }));
      });
      return null;
    });
    world.use([platform], server.url);
    expect(await world.pull(platform)).toMatchObject({ state: "complete" });
    expect(outcomes).toEqual(["done"]);
    const pages = await keptPages();
    expect(pages.join("\n")).not.toMatch(new RegExp(`${zhang.idNumber}|${zhang.name}`));
    const kept = pages.map((page) => [...openRawRows(page, platform)]);
    // It stood in both, and each is kept with its other rows.
    expect(kept.map((of) => of.filter((row) => "erased" in (row as object)).length).slice(0, 2)).toEqual([1, 1]);
    expect(kept.flat()).toContainEqual(expect.objectContaining({ Id: "D" }));
  });
});
