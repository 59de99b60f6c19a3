import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CityRow, cityRow, smallCity } from "../acquisition/testing/city-listing.ts";
import { type CityFault, startCityServer } from "../acquisition/testing/city-server.ts";
import { openTestIngestion, type TestIngestion } from "./testing/test-ingestion.ts";

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;
let ingestion: TestIngestion;
let tests = 0;

beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());
beforeEach(() => {
  tests += 1;
  ingestion.state.nowMs += 10 * DAY_MS;
});

/** A platform of its own for each test; it looks back 60 s, and up to two days. */
function lateCity() {
  const city = smallCity({ rowsPerPage: 50, overlapSeconds: 60, overlapSecondsMax: 172_800 }, { catalogue: null });
  return { ...city, platform: { ...city.platform, name: `city-${tests}` } };
}

async function start(rows: readonly CityRow[], fault?: CityFault) {
  const city = lateCity();
  const server = await startCityServer(city, rows, fault);
  ingestion.use([city.platform], server.url);
  const shown = async () => (await ingestion.call("GET", `/v1/platforms/${city.platform.name}`)).json as PlatformJson;
  return { ...city, server, shown, pull: () => ingestion.pull(city.platform) };
}

interface PlatformJson {
  readonly overlap: { readonly seconds: number };
  readonly latenessP99Seconds: number | null;
  readonly lateness: readonly { readonly secondsMax: number; readonly rows: number }[];
  readonly clockSkewMs: number | null;
}

const bucketsOf = ({ lateness }: PlatformJson) => lateness.map(({ secondsMax, rows }) => [secondsMax, rows]);
const rowsAt = (...seconds: readonly number[]) => seconds.map((second) => cityRow(`R${second}`, second));
const T = 40 * HOUR_SECONDS;

describe("rows that come late", () => {
  it("are counted by how far they were behind the position, and widen the overlap of the next pull", async () => {
    const { pull, server, shown } = await start(rowsAt(T));
    await pull();
    expect(await shown()).toMatchObject({
      overlap: { seconds: 60, secondsMin: 60, secondsMax: 172_800 },
      lateness: [],
    });
    // 50 s late is met by the overlap; 4 h late was not there for it.
    server.listing.append(rowsAt(T - 50, T - 4 * HOUR_SECONDS, T + 10));
    expect(await pull()).toMatchObject({ kind: "incremental", state: "complete" });
    expect(bucketsOf(await shown())).toEqual([[60, 1]]);
    expect((await shown()).overlap.seconds).toBe(120);
    expect(server.queries().at(-1)?.updatedFrom).toBe("2020-01-02 15:59:00");
    server.listing.append(rowsAt(T - 100));
    await pull();
    expect(bucketsOf(await shown())).toEqual([
      [60, 1],
      [120, 1],
    ]);
    expect(await shown()).toMatchObject({ overlap: { seconds: 240 }, latenessP99Seconds: 120 });
  });

  it("are looked for as far back as may be by the first pull of a day, and by no other", async () => {
    const { pull, platform, server, shown } = await start(rowsAt(T));
    const hours = 3_600_000;
    expect((await pull()).kind).toBe("incremental");
    server.listing.append(rowsAt(T - 4 * HOUR_SECONDS));
    ingestion.state.nowMs += 2 * hours;
    expect(await pull()).toMatchObject({ kind: "incremental", rows: 1 });
    ingestion.state.nowMs += 22 * hours;
    expect(await pull()).toMatchObject({ kind: "probe", state: "complete", rows: 2 });
    expect(bucketsOf(await shown())).toEqual([[6 * HOUR_SECONDS, 1]]);
    expect((await shown()).overlap.seconds).toBe(12 * HOUR_SECONDS);
    ingestion.state.nowMs += hours;
    expect((await pull()).kind).toBe("incremental");
    expect((await ingestion.pulls(platform)).map(({ kind }) => kind)).toEqual([
      "incremental",
      "probe",
      "incremental",
      "incremental",
    ]);
  });

  it("are looked for by the next pull of the day, when the first one does not come to its end", async () => {
    let isDown = false;
    const { pull } = await start(rowsAt(T), () => (isDown ? { code: 500 } : undefined));
    await pull();
    ingestion.state.nowMs += DAY_MS;
    isDown = true;
    expect(await pull()).toMatchObject({ kind: "probe", state: "failed" });
    isDown = false;
    expect(await pull()).toMatchObject({ kind: "probe", state: "complete" });
    expect(await pull()).toMatchObject({ kind: "incremental", state: "complete" });
  });

  it("are counted once, when a pull is cut off after it stored them and reads them again", async () => {
    let isBroken = false;
    const fault: CityFault = (request) =>
      isBroken && request.path === "/api/credit/list" && request.query.get("updatedFrom") !== null && request.count > 2
        ? { code: 500 }
        : undefined;
    const { pull, server, shown } = await start(rowsAt(T), fault);
    await pull();
    server.listing.append([...rowsAt(T - 30), ...Array.from({ length: 60 }, (_, n) => cityRow(`N${n}`, T + n))]);
    isBroken = true;
    expect(await pull()).toMatchObject({ state: "partial", error: { code: "error_body" } });
    expect(bucketsOf(await shown())).toEqual([[60, 1]]);
    isBroken = false;
    expect(await pull()).toMatchObject({ state: "complete" });
    expect(await pull()).toMatchObject({ state: "complete" });
    expect(bucketsOf(await shown())).toEqual([[60, 1]]);
  });

  it("are not counted where the transaction that stores them fails", async () => {
    const { pull, server, shown } = await start(rowsAt(T));
    await pull();
    server.listing.append(rowsAt(T - 30));
    await ingestion.owner.unsafe(`
      CREATE FUNCTION acquisition.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON acquisition.raw_page FOR EACH ROW EXECUTE FUNCTION acquisition.refuse()`);
    expect(await pull()).toMatchObject({ state: "failed" });
    await ingestion.owner.unsafe("DROP FUNCTION acquisition.refuse CASCADE");
    expect((await shown()).lateness).toEqual([]);
    await pull();
    expect(bucketsOf(await shown())).toEqual([[60, 1]]);
  });

  it("are none in a first pull, nor rows that are read again, nor those of a back-fill", async () => {
    const { pull, platform, server, shown } = await start(rowsAt(5, 70, T));
    await pull();
    server.listing.append(rowsAt(30));
    await pull();
    expect(await ingestion.pull(platform, { from: "2020-01-01", until: "2020-01-01" })).toMatchObject({ rows: 4 });
    expect((await shown()).lateness).toEqual([]);
  });
});

describe("the stored position", () => {
  it("does not go back while the overlap is read again, also when that is cut off", async () => {
    const old = Array.from({ length: 60 }, (_, n) => cityRow(`O${n}`, T - 60 + n));
    const cut: CityFault = (request) =>
      request.path === "/api/credit/list" && request.count >= 4 && request.count <= 7 ? { code: 500 } : undefined;
    const { pull, platform } = await start([...old, ...rowsAt(T)], cut);
    const cursor = async () =>
      (await ingestion.owner`SELECT cursor FROM acquisition.pull_cursor WHERE platform = ${platform.name}`)[0]?.cursor;
    await pull();
    const before = await cursor();
    expect(await pull()).toMatchObject({ state: "partial" });
    expect(await cursor()).toEqual(before);
  });

  it("stays at our time for a platform whose clock is ahead, and its later rows are still met", async () => {
    const ahead = cityRow("F", 0, { UpdateTime: "2038-01-01 00:00:00" });
    const { pull, server } = await start([...rowsAt(T), ahead]);
    expect(await pull()).toMatchObject({ state: "complete", rows: 2 });
    server.listing.append([cityRow("G", 0, { UpdateTime: "2030-01-01 00:00:00" })]);
    expect(await pull()).toMatchObject({ state: "complete", rows: 2 });
  });
});

describe("the platform's clock", () => {
  it.each([
    ["ahead", 600_000],
    ["behind", -600_000],
  ])("%s is shown, and loses no row", async (_name, skewMs) => {
    const date: CityFault = ({ response }) => {
      response.setHeader("date", new Date(ingestion.state.nowMs + skewMs).toUTCString());
      return undefined;
    };
    const { pull, server, shown } = await start(rowsAt(T), date);
    await pull();
    server.listing.append(rowsAt(T + 1));
    expect(await pull()).toMatchObject({ state: "complete", rows: 2 });
    expect(Math.abs(((await shown()).clockSkewMs ?? Number.NaN) - skewMs)).toBeLessThanOrEqual(1_000);
  });
});
