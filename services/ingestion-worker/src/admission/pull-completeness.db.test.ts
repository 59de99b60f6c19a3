import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformNamed } from "@xueshi/platforms";
import iconv from "iconv-lite";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type CityRow, cityRow, smallCity } from "../acquisition/testing/city-listing.ts";
import { startCityServer } from "../acquisition/testing/city-server.ts";
import { openTestIngestion, type PullJson, type TestIngestion } from "./testing/test-ingestion.ts";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
let ingestion: TestIngestion;
let tests = 0;

beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());
beforeEach(() => {
  tests += 1;
  ingestion.state.nowMs += DAY_SECONDS * 1_000;
});

/** One row an hour, from 2020-01-01 on. */
const hourly = (hours: number): CityRow[] =>
  Array.from({ length: hours }, (_, nth) => cityRow(`H${nth}`, nth * HOUR_SECONDS));
const hourOf = (row: CityRow) => Number(row.Id.slice(1));

/** Pulls look back ten hours: eleven rows. */
async function start(rows: readonly CityRow[], expectations: object = {}) {
  const city = smallCity({ rowsPerPage: 5, overlapSeconds: 10 * HOUR_SECONDS }, { catalogue: null });
  const platform = {
    ...city.platform,
    name: `complete-${tests}`,
    expectations: { ...city.platform.expectations, ...expectations },
  };
  const server = await startCityServer(city, rows);
  ingestion.use([platform], server.url);
  const pull = (range: object = {}) => {
    ingestion.state.nowMs += 60_000;
    return ingestion.pull(platform, range);
  };
  return { platform, listing: server.listing, pull };
}

const accept = (pullId: string) =>
  ingestion.call("POST", `/v1/pulls/${pullId}/acceptance`, { reason: "the platform says they were duplicates" });

/** What the ledger is told, in order: `accepted` is a statement beside that of the pull. */
async function closings(platform: string) {
  const rows = await ingestion.owner`
    SELECT batch.complete_until = pull.started_at AS is_start, batch.complete_until IS NULL AS is_partial, batch.pull_id
    FROM acquisition.batch LEFT JOIN acquisition.pull USING (pull_id)
    WHERE source = ${platform} AND closes_pull ORDER BY batch.received_at, batch.batch_id`;
  return rows.map((row) => (row.is_partial ? "partial" : row.is_start === true ? "complete" : "accepted"));
}

describe("a pull that is held against the platform's own history", () => {
  it("is never suspicious the first time, nor when a quiet platform brings nothing new", async () => {
    const { pull, platform } = await start(hourly(30));
    for (let nth = 0; nth < 3; nth += 1) expect(await pull()).toMatchObject({ state: "complete", findings: [] });
    expect(await closings(platform.name)).toEqual(["complete", "complete", "complete"]);
  });

  it("is suspicious when records of the overlap are gone; what it brought is kept, the platform is not whole", async () => {
    const { pull, listing, platform } = await start(hourly(30));
    await pull();
    listing.remove((row) => hourOf(row) >= 20 && hourOf(row) < 26);
    listing.append([cityRow("NEW", 31 * HOUR_SECONDS)]);
    expect(await pull()).toMatchObject({
      state: "suspicious",
      error: { code: "rows_vanished" },
      findings: [{ code: "rows_vanished", at: null, before: 11, missing: 6 }],
      rows: 6,
      acceptance: null,
    });
    expect(await closings(platform.name)).toEqual(["complete", "partial"]);
    const [kept] = await ingestion.owner`
      SELECT count(*) AS count FROM admission.version WHERE source = ${platform.name}`;
    expect(Number(kept?.count)).toBe(31);
    const shown = (await ingestion.call("GET", `/v1/platforms/${platform.name}`)).json as { breaker: object };
    expect(shown.breaker).toMatchObject({ state: "closed" });
  });

  it("stays suspicious when the position moves on, until what is missing comes again", async () => {
    const { pull, listing, platform } = await start(hourly(30));
    await pull();
    const gone = (row: CityRow) => hourOf(row) >= 20 && hourOf(row) < 26;
    const rows = listing.rows.filter(gone);
    listing.remove(gone);
    listing.append([cityRow("NEW", 38 * HOUR_SECONDS)]);
    await pull();
    // The next overlap holds one of the missing records, and that is no large share.
    const suspicious = { state: "suspicious", findings: [{ code: "rows_vanished", before: 11, missing: 6 }] };
    expect(await pull()).toMatchObject(suspicious);
    listing.append(rows.slice(0, 1));
    expect(await pull()).toMatchObject({ state: "suspicious", findings: [{ before: 11, missing: 5 }] });
    listing.append(rows.slice(1));
    expect(await pull()).toMatchObject({ state: "complete", findings: [] });
    expect(await closings(platform.name)).toEqual(["complete", "partial", "partial", "partial", "complete"]);
  });

  it("stays suspicious beyond the reach of pulls until a back-fill finds that nothing is missing", async () => {
    const { pull, listing } = await start(hourly(30));
    await pull();
    const gone = (row: CityRow) => hourOf(row) >= 20 && hourOf(row) < 26;
    const rows = listing.rows.filter(gone);
    listing.remove(gone);
    listing.append([cityRow("FAR", 20 * DAY_SECONDS)]);
    const suspicious = { state: "suspicious", findings: [{ code: "rows_vanished", at: null, before: 11, missing: 6 }] };
    expect(await pull()).toMatchObject(suspicious);
    expect(await pull()).toMatchObject({ ...suspicious, rows: 1 });
    // Six of thirty would be no large share.
    const range = { from: "2020-01-01", until: "2020-01-03" };
    expect(await pull(range)).toMatchObject(suspicious);
    listing.append(rows);
    expect(await pull()).toMatchObject(suspicious);
    expect(await pull({ ...range, from: "2020-01-02" })).toMatchObject({ state: "complete" });
    expect(await pull()).toMatchObject(suspicious);
    expect(await pull(range)).toMatchObject({ state: "complete", findings: [] });
    expect(await pull()).toMatchObject({ state: "complete", findings: [] });
  });

  it("is not suspicious for records that were changed and come later in the same pull", async () => {
    const { pull, listing } = await start(hourly(30));
    await pull();
    for (let hour = 20; hour < 30; hour += 1) listing.touch(`H${hour}`, 40 * HOUR_SECONDS + hour);
    expect(await pull()).toMatchObject({ state: "complete", findings: [] });
  });

  it("is not suspicious for a few deleted records, nor for those that came back as refused", async () => {
    const { pull, listing } = await start(hourly(30));
    await pull();
    listing.remove((row) => hourOf(row) === 21 || hourOf(row) === 22);
    const spoilt = listing.rows.filter((row) => hourOf(row) > 22).map((row) => ({ ...row, Credit: "many" }));
    listing.remove((row) => hourOf(row) > 22);
    listing.append(spoilt);
    expect(await pull()).toMatchObject({ state: "complete", findings: [] });
  });

  it("takes the share that may be gone from the platform's expectations", async () => {
    const { pull, listing } = await start(hourly(30), { vanishedShareMax: 0.6 });
    await pull();
    listing.remove((row) => hourOf(row) >= 20 && hourOf(row) < 26);
    expect(await pull()).toMatchObject({ state: "complete" });
    listing.remove((row) => hourOf(row) === 26);
    expect(await pull()).toMatchObject({ state: "suspicious" });
  });
});

describe("a back-fill", () => {
  const range = { from: "2020-01-02", until: "2020-01-04" };

  it("finds a day emptied and records vanished that no overlap reaches; it says nothing to the ledger", async () => {
    const { pull, listing, platform } = await start(hourly(24 * 6));
    await pull();
    listing.remove((row) => row.UpdateTime.startsWith("2020-01-03"));
    expect(await pull(range)).toMatchObject({
      state: "suspicious",
      findings: [
        { code: "rows_vanished", at: null, before: 72, missing: 24 },
        { code: "day_emptied", at: "2020-01-03", before: 24, missing: 24 },
      ],
    });
    expect(await closings(platform.name)).toEqual(["complete"]);
    expect(await pull()).toMatchObject({ state: "complete" });
  });

  it("looks behind the cursor for records that were changed since the last pull, before it calls them missing", async () => {
    const { pull, listing, platform } = await start(hourly(24 * 6));
    await pull();
    for (let hour = 30; hour < 80; hour += 1) listing.touch(`H${hour}`, 7 * DAY_SECONDS + hour);
    expect(await pull(range)).toMatchObject({ state: "complete", findings: [] });
    // What it met there is stored as later versions, and the next pull reads it all the same.
    const [kept] = await ingestion.owner`
      SELECT count(*) AS count FROM admission.version WHERE source = ${platform.name}`;
    expect(Number(kept?.count)).toBe(24 * 6 + 50);
    expect((await pull()).rows).toBe(50 + 11);
  });
});

describe("accepting a suspicious pull", () => {
  it("makes it complete for the ledger, and what was missing stays missing without being said again", async () => {
    const { pull, listing, platform } = await start(hourly(30));
    await pull();
    listing.remove((row) => hourOf(row) >= 20 && hourOf(row) < 26);
    const { pullId } = await pull();
    const answer = await accept(pullId);
    expect(answer).toMatchObject({
      status: 200,
      json: {
        state: "complete",
        error: null,
        findings: [{ code: "rows_vanished" }],
        acceptance: { reason: "the platform says they were duplicates", acceptedBy: "operator-1" },
      },
    });
    expect(await closings(platform.name)).toEqual(["complete", "partial", "accepted"]);
    const [told] = await ingestion.owner`
      SELECT complete_until FROM acquisition.batch WHERE source = ${platform.name} ORDER BY received_at DESC, batch_id DESC LIMIT 1`;
    const [pulled] = await ingestion.owner`SELECT started_at FROM acquisition.pull WHERE pull_id = ${pullId}`;
    expect(told?.complete_until).toBe(pulled?.started_at);
    expect(await pull()).toMatchObject({ state: "complete", findings: [] });
    listing.remove((row) => hourOf(row) >= 26 && hourOf(row) < 29);
    listing.remove((row) => row.Id === "H19" || row.Id === "H18");
    expect(await pull()).toMatchObject({ state: "complete" });
  });

  it("is refused once it is accepted, when a later pull has taken its place, and for any other pull", async () => {
    const { pull, listing, platform } = await start(hourly(30));
    const first = await pull();
    expect(await accept(first.pullId)).toMatchObject({ status: 409, json: { code: "pull_not_acceptable" } });
    listing.remove((row) => hourOf(row) >= 20 && hourOf(row) < 26);
    const second = await pull();
    const third = await pull();
    expect([second.state, third.state]).toEqual(["suspicious", "suspicious"]);
    expect(await accept(second.pullId)).toMatchObject({ status: 409, json: { code: "pull_not_acceptable" } });
    // One that was cancelled half-way has brought rows that are newer than what is known of the others.
    const { pullId } = (await ingestion.call("POST", "/v1/pulls", { platform: platform.name })).json as PullJson;
    await ingestion.owner`UPDATE acquisition.pull SET state = 'running', pages = 3, queued_at = queued_at + interval '1 s'
      WHERE pull_id = ${pullId}`;
    expect(await ingestion.call("DELETE", `/v1/pulls/${pullId}`)).toMatchObject({ json: { state: "cancelled" } });
    expect(await accept(third.pullId)).toMatchObject({ status: 409 });
    const fourth = await pull();
    expect(fourth.state).toBe("suspicious");
    expect(await accept(fourth.pullId)).toMatchObject({ status: 200 });
    expect(await accept(fourth.pullId)).toMatchObject({ status: 409 });
    expect(await accept("00000000-0000-7000-8000-000000000000")).toMatchObject({ status: 404 });
    const bare = await ingestion.call("POST", `/v1/pulls/${fourth.pullId}/acceptance`, {});
    expect(bare).toMatchObject({ status: 422, json: { errors: [{ path: "reason", code: "required" }] } });
  });

  it("of a back-fill tells the ledger nothing", async () => {
    const { pull, listing, platform } = await start(hourly(24 * 6));
    await pull();
    listing.remove((row) => row.UpdateTime.startsWith("2020-01-03"));
    const range = { from: "2020-01-03", until: "2020-01-03" };
    const { pullId } = await pull(range);
    expect(await accept(pullId)).toMatchObject({ status: 200, json: { state: "complete" } });
    expect(await closings(platform.name)).toEqual(["complete"]);
    expect(await pull(range)).toMatchObject({ state: "complete", findings: [] });
  });
});

describe("a listing that each pull reads as a whole", () => {
  it("is suspicious when it has far fewer rows than before, and not when it has a few less", async () => {
    const city = smallCity({}, { catalogue: null });
    const paging = {
      kind: "page",
      indexParameter: "pageIndex",
      indexCounts: "pages",
      indexFirst: 1,
      pageSizeParameter: "pageSize",
      rowsPerPage: 5,
      total: ["data", "total"],
      hasMore: null,
      passesMax: 4,
      rowsRepeat: false,
    } as const;
    const platform = { ...city.platform, name: `complete-${tests}`, connection: { ...city.connection, paging } };
    const server = await startCityServer(city, hourly(30));
    ingestion.use([platform], server.url);
    const pull = () => {
      ingestion.state.nowMs += 60_000;
      return ingestion.pull(platform);
    };
    expect(await pull()).toMatchObject({ state: "complete", rows: 30 });
    server.listing.remove((row) => hourOf(row) >= 20);
    expect(await pull()).toMatchObject({ state: "complete", rows: 20 });
    server.listing.remove((row) => hourOf(row) >= 9);
    expect(await pull()).toMatchObject({
      state: "suspicious",
      findings: [{ code: "sudden_drop", at: null, before: 20, missing: 11 }],
    });
    expect(await closings(platform.name)).toEqual(["complete", "complete", "partial"]);
  });
});

describe("files", () => {
  const files = platformNamed("zj-natural-resources");
  if (files?.connection.transport !== "file") throw new Error("The file platform is not configured.");
  const header = files.connection.columns.join(",");
  const line = (nth: number, month: string) =>
    `NR${month}${nth},330899199012180268,李超雨,某单位,2020,职业道德${nth},一般公需科目,2,,2020/02/09,学院,已通过,${month.slice(0, 4)}-${month.slice(4)}-01 12:08:${String(nth).padStart(2, "0")}`;

  async function createFolder() {
    const folder = await mkdtemp(join(tmpdir(), "xueshi-export-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const platform = { ...files, name: `files-${tests}` } as NonNullable<typeof files>;
    ingestion.use([platform], folder);
    const put = async (month: string, rows: number) => {
      const lines = Array.from({ length: rows }, (_, nth) => line(nth, month));
      const bytes = iconv.encode([header, ...lines, ""].join("\r\n"), "gb18030");
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      await writeFile(join(folder, `export-${month}.csv`), bytes);
      await writeFile(join(folder, `export-${month}.csv.ok`), `${rows} ${sha256}\n`);
    };
    /** Says that a file has more rows than it has. */
    const cut = (month: string) => writeFile(join(folder, `export-${month}.csv.ok`), `9 ${"0".repeat(64)}\n`);
    return { put, cut, platform, pull: (range: object = {}) => ingestion.pull(platform, range) };
  }

  it("that come again with far fewer rows make the pull suspicious; smaller changes do not", async () => {
    const { put, pull } = await createFolder();
    await put("202001", 40);
    await put("202002", 3);
    expect(await pull()).toMatchObject({ state: "complete", rows: 43 });
    await put("202001", 25);
    expect(await pull()).toMatchObject({ state: "complete", rows: 25 });
    await put("202001", 12);
    await put("202002", 1);
    const suspicious: PullJson = await pull();
    expect(suspicious).toMatchObject({
      state: "suspicious",
      findings: [{ code: "sudden_drop", at: "export-202001.csv", before: 25, missing: 13 }],
    });
    expect((await accept(suspicious.pullId)).status).toBe(200);
    expect(await pull()).toMatchObject({ state: "complete", rows: 0 });
  });

  it("that shrank keep every later pull suspicious, also when a pull that was cut off took them", async () => {
    const { put, cut, pull, platform } = await createFolder();
    await put("202001", 40);
    await put("202002", 3);
    await pull();
    await put("202001", 3);
    await cut("202002");
    expect(await pull()).toMatchObject({ state: "partial", rows: 3 });
    await put("202002", 3);
    const suspicious = {
      state: "suspicious",
      findings: [{ at: "export-202001.csv", before: 40, missing: 37 }],
      rows: 0,
    };
    expect(await pull()).toMatchObject(suspicious);
    expect(await pull()).toMatchObject(suspicious);
    await put("202001", 40);
    await cut("202002");
    expect(await pull()).toMatchObject({ state: "partial", rows: 40 });
    await put("202002", 3);
    expect(await pull()).toMatchObject({ state: "complete", rows: 0 });
    await put("202001", 3);
    await pull();
    const { pullId } = await pull();
    expect((await accept(pullId)).status).toBe(200);
    await put("202001", 2);
    expect(await pull()).toMatchObject({ state: "complete", rows: 2 });
    expect(await closings(platform.name)).toEqual([
      ...["complete", "partial", "partial", "partial", "partial", "complete"],
      ...["partial", "partial", "accepted", "complete"],
    ]);
  });

  it("of a back-fill's months are taken again, without effect where nothing changed", async () => {
    const { put, pull, platform } = await createFolder();
    for (const month of ["202001", "202002", "202003"]) await put(month, 4);
    await pull();
    expect(await pull({ from: "2020-02-10", until: "2020-03-01" })).toMatchObject({ state: "complete", rows: 8 });
    const [kept] = await ingestion.owner`
      SELECT count(*) AS count, max(occurrences) AS most FROM admission.version WHERE source = ${platform.name}`;
    expect([Number(kept?.count), kept?.most]).toEqual([12, 1]);
    expect(await pull()).toMatchObject({ state: "complete", rows: 0 });
  });
});
