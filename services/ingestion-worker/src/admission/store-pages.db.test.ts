import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CityRow, cityRow, smallCity } from "../acquisition/testing/city-listing.ts";
import { type CityFault, startCityServer } from "../acquisition/testing/city-server.ts";
import { openTestIngestion, type TestIngestion } from "./testing/test-ingestion.ts";

let ingestion: TestIngestion;
let tests = 0;

beforeAll(async () => {
  ingestion = await openTestIngestion();
  // A sequence does not roll back, so it counts the transactions that were refused as well.
  await ingestion.owner.unsafe(`
    CREATE SEQUENCE public.refusals_left INCREMENT -1 MINVALUE -1000 MAXVALUE 1000 START 1;
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF nextval('public.refusals_left') >= 0 THEN
        RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER refuse AFTER INSERT ON acquisition.batch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse();`);
});
afterAll(() => ingestion.close());
beforeEach(() => {
  tests += 1;
});

/** The next transactions that write a batch fail by deadlock, as their last but a few statements. */
const refuseNext = async (times: number) => ingestion.owner`SELECT setval('public.refusals_left', ${times})`;

const twiceB = [cityRow("A", 0), cityRow("B", 1), cityRow("B", 1)];
/** Three pages: each but the last is continued from its last row. */
const threePages = [cityRow("A", 0), cityRow("B", 1), cityRow("C", 2), cityRow("D", 3)];

async function start(rows: readonly CityRow[], fault?: CityFault) {
  const city = smallCity({ rowsPerPage: 2 }, { catalogue: null });
  const platform = { ...city.platform, name: `city-${tests}` };
  const server = await startCityServer(city, rows, fault);
  ingestion.use([platform], server.url);
  const stored = async () => {
    const versions = await ingestion.owner<{ recordId: string; occurrences: number }[]>`
      SELECT record_id AS "recordId", occurrences FROM admission.version WHERE source = ${platform.name} ORDER BY 1`;
    const batches = await ingestion.owner<{ counts: unknown }[]>`
      SELECT counts FROM acquisition.batch WHERE source = ${platform.name} AND NOT closes_pull`;
    const cursors = await ingestion.owner`SELECT FROM acquisition.pull_cursor WHERE platform = ${platform.name}`;
    return {
      versions: versions.map(Object.values),
      batches: batches.map(({ counts }) => counts),
      cursors: cursors.length,
    };
  };
  return { platform, stored };
}

describe("pages whose storing deadlocks with somebody else's", () => {
  it("are stored by trying again, with what an untroubled pull would have stored", async () => {
    const { platform, stored } = await start(twiceB);
    await refuseNext(3);
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 3 });
    const versions = [
      ["A", 1],
      ["B", 2],
    ];
    const everything = { versions, batches: [{ accepted: 2, unchanged: 1 }], cursors: 1 };
    expect(await stored()).toEqual(everything);
    // The overlap is taken for what it is: the tries left no row counted in memory.
    await refuseNext(1);
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete" });
    expect((await stored()).versions).toEqual(versions);
  });

  it("leave nothing behind where that never helps, and the next pull goes on", async () => {
    const { platform, stored } = await start(twiceB);
    await refuseNext(5);
    expect(await ingestion.pull(platform)).toMatchObject({ state: "failed", error: { code: "internal_error" } });
    expect(await stored()).toEqual({ versions: [], batches: [], cursors: 0 });
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 3 });
    expect((await ingestion.pulls(platform)).map(({ state, reason }) => [state, reason])).toEqual([
      ["complete", null],
      ["failed", "internal_error"],
    ]);
  });
});

describe("pages", () => {
  it("of a platform that takes its time are stored as they come, so that a death costs little of what was read", async () => {
    const { platform, stored } = await start(threePages, ({ path }) => {
      if (path === "/api/credit/list") ingestion.state.nowMs += 2_000;
    });
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 4 });
    expect((await stored()).batches).toHaveLength(3);
  });

  it("of a platform that answers at once are stored together", async () => {
    const { platform, stored } = await start(threePages);
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 4 });
    expect((await stored()).batches).toHaveLength(1);
  });
});
