import { platformNamed } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CityRow, cityRow, smallCity } from "../acquisition/testing/city-listing.ts";
import { type CityFault, startCityServer } from "../acquisition/testing/city-server.ts";
import type { TestRequest } from "../acquisition/testing/test-server.ts";
import { openTestIngestion, type PullJson, type TestIngestion } from "./testing/test-ingestion.ts";

const DAY_SECONDS = 86_400;
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

/** Four rows a day, from 2020-01-01 on. */
const rowsOfDays = (days: number): CityRow[] =>
  Array.from({ length: days * 4 }, (_, nth) => cityRow(`B${String(nth).padStart(3, "0")}`, (nth * DAY_SECONDS) / 4));

async function start(rows: readonly CityRow[], fault?: CityFault) {
  const city = smallCity({ rowsPerPage: 4, overlapSeconds: 60 }, { catalogue: null });
  const platform = { ...city.platform, name: `backfill-${tests}` };
  const server = await startCityServer(city, rows, fault);
  ingestion.use([platform], server.url);
  const ask = (range: object) => ingestion.call("POST", "/v1/pulls", { platform: platform.name, ...range });
  return { platform, server, ask, pull: (range: object = {}) => ingestion.pull(platform, range) };
}

const show = async (pullId: string) => (await ingestion.call("GET", `/v1/pulls/${pullId}`)).json as PullJson;
const idOf = ({ json }: { json: never }) => (json as PullJson).pullId;
const range = { from: "2020-01-03", until: "2020-01-08" };

async function stored(platform: string) {
  const { owner } = ingestion;
  const [cursor] = await owner`SELECT cursor FROM acquisition.pull_cursor WHERE platform = ${platform}`;
  const [versions] = await owner`SELECT count(*) AS count FROM admission.version WHERE source = ${platform}`;
  const closings = await owner`
    SELECT complete_until FROM acquisition.batch WHERE source = ${platform} AND closes_pull ORDER BY received_at`;
  return { cursor: cursor?.cursor, versions: versions?.count, closings: closings.length };
}

/** Does something when the listing is asked so many times after it was armed, and answers when that is done. */
function pausing(act: () => Promise<void>, answerNth: number) {
  let asked = Number.NEGATIVE_INFINITY;
  const fault: CityFault = (request: TestRequest, listing) => {
    if (request.path !== "/api/credit/list") return undefined;
    asked += 1;
    if (asked !== answerNth) return undefined;
    void act().then(() => {
      request.response.setHeader("content-type", "application/json");
      request.response.end(JSON.stringify({ code: 0, data: listing.page(request.query) }));
    });
    return null;
  };
  return {
    fault,
    arm: () => {
      asked = 0;
    },
  };
}

describe("a back-fill", () => {
  it("reads a range again: what was missed comes in, what is there stays, and no position moves", async () => {
    const { platform, server, pull } = await start(rowsOfDays(12));
    await pull();
    const before = await stored(platform.name);
    server.listing.append([cityRow("LATE", 4 * DAY_SECONDS + 7), cityRow("OUT", 0)]);
    const backfill = await pull(range);
    expect(backfill).toMatchObject({ kind: "backfill", state: "complete", ...range, requestedBy: "operator-1" });
    expect(backfill.rows).toBeGreaterThanOrEqual(25);
    expect(await stored(platform.name)).toEqual({ ...before, versions: Number(before.versions) + 1 });
    await pull(range);
    expect(await stored(platform.name)).toEqual({ ...before, versions: Number(before.versions) + 1 });
  });

  it("says how far it is while it runs", async () => {
    const seen: unknown[] = [];
    const pause = pausing(async () => void seen.push((await show(id)).progress), 6);
    const { platform, ask, pull } = await start(rowsOfDays(12), pause.fault);
    await pull();
    const id = idOf(await ask(range));
    pause.arm();
    await ingestion.run(platform);
    expect(seen).toEqual([{ rowsRead: 10, rowsExpected: 24, percent: 41, at: "2020-01-05T06:00:00.000+08:00" }]);
    expect((await show(id)).progress).toBeNull();
  });

  it("goes on where it was when its process died, and a pull that waits goes first", async () => {
    const { platform, server, ask, pull } = await start(rowsOfDays(12));
    await pull();
    const id = idOf(await ask(range));
    await ingestion.owner.unsafe(`
      CREATE FUNCTION acquisition.die() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF (SELECT pages FROM acquisition.pull WHERE pull_id = '${id}') >= 3 THEN RAISE 'dead' USING ERRCODE = '57P01'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER die BEFORE INSERT ON acquisition.raw_page FOR EACH ROW EXECUTE FUNCTION acquisition.die()`);
    await expect(ingestion.run(platform)).rejects.toThrow("dead");
    await ingestion.owner.unsafe("DROP FUNCTION acquisition.die CASCADE");
    expect(await show(id)).toMatchObject({ state: "running" });
    const askedBefore = server.queries().length;
    await ingestion.run(platform);
    expect(await show(id)).toMatchObject({ state: "complete", kind: "backfill" });
    const resumed = server
      .queries()
      .slice(askedBefore)
      .map((query) => query.updatedFrom ?? "");
    expect(resumed.some((from) => from < "2020-01-04")).toBe(true); // The range is counted once more.
    expect(resumed.filter((from) => from.startsWith("2020-01-03")).length).toBe(1);
    expect((await stored(platform.name)).versions).toBe(48);
  });

  it("lets a pull run beside it, asked for on demand or by the schedule, and goes on", async () => {
    for (const way of ["demand", "schedule"] as const) {
      tests += 1;
      ingestion.state.nowMs += 3_600_000;
      const pause = pausing(async () => {
        ingestion.state.nowMs += 3_600_000;
        const answer = way === "demand" ? await started.ask({}) : await ingestion.hint(started.platform);
        if (way === "demand") expect(answer).toMatchObject({ status: 202 });
      }, 6);
      const started = await start(rowsOfDays(12), pause.fault);
      await started.pull();
      const id = idOf(await started.ask(range));
      started.server.listing.append([cityRow("NEW", 20 * DAY_SECONDS)]);
      pause.arm();
      await ingestion.run(started.platform);
      const pulls = await ingestion.pulls(started.platform);
      expect(pulls.map(({ kind, state }) => [kind, state])).toEqual([
        ["incremental", "complete"],
        ["backfill", "complete"],
        ["incremental", "complete"],
      ]);
      expect(await stored(started.platform.name)).toMatchObject({ versions: 49, closings: 2 });
      expect((await show(id)).state).toBe("complete");
    }
  });

  it("waits behind others of its platform, up to 20 of them, and all run in turn", async () => {
    const { platform, ask, pull } = await start(rowsOfDays(3));
    await pull();
    const answers = [];
    for (let nth = 0; nth < 21; nth += 1) answers.push(await ask({ from: "2020-01-02", until: "2020-01-02" }));
    expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(202), 409]);
    expect(answers.at(-1)?.json).toMatchObject({ code: "backfills_too_many" });
    expect((await ingestion.call("DELETE", `/v1/pulls/${idOf(answers[3] as never)}`)).status).toBe(200);
    expect((await ask({ from: "2020-01-02", until: "2020-01-02" })).status).toBe(202);
    await ingestion.run(platform);
    const states = (await ingestion.pulls(platform)).map(({ state }) => state).sort();
    expect(states).toEqual(["cancelled", ...Array(21).fill("complete")]);
  });

  it("of a range behind the last row is complete, and one whose rows are gone is not", async () => {
    const { pull, server } = await start(rowsOfDays(3));
    await pull();
    const beyond = { from: "2020-02-01", until: "2020-02-02" };
    expect(await pull(beyond)).toMatchObject({ state: "complete", rows: 0 });
    Object.assign(server.listing, { page: () => ({ total: 0, list: [] }) });
    expect(await pull({ from: "2020-01-02", until: "2020-01-02" })).toMatchObject({
      state: "failed",
      error: { code: "list_empty" },
    });
  });
});

describe("what cannot be back-filled", () => {
  it("is a platform behind an opaque cursor: 422", async () => {
    const industry = platformNamed("zj-industry");
    if (industry === null) throw new Error("zj-industry is not configured.");
    ingestion.use([industry], "http://127.0.0.1:9");
    const asked = await ingestion.call("POST", "/v1/pulls", { platform: "zj-industry", ...range });
    expect(asked).toMatchObject({ status: 422, json: { code: "backfill_not_supported" } });
  });

  it.each([
    [{ from: "2020-01-03" }, "until", "required"],
    [{ until: "2020-01-03" }, "from", "required"],
    [{ from: "2020-01-03", until: "2020-01-02" }, "until", "range_invalid"],
    [{ from: "2009-01-03", until: "2020-01-02" }, "until", "range_invalid"],
    [{ from: "2020-02-30", until: "2020-03-01" }, "from", "date_invalid"],
    [{ from: "2020-01-03", until: "2020-01-04", days: 2 }, "days", "unknown_field"],
  ])("is %j: 422 at %s, %s", async (body, path, code) => {
    const { ask } = await start(rowsOfDays(1));
    expect(await ask(body)).toMatchObject({ status: 422, json: { errors: [{ path, code }] } });
  });
});

describe("cancelling a pull", () => {
  it("that waits: it never runs", async () => {
    const { platform, ask, server } = await start(rowsOfDays(2));
    const id = idOf(await ask({}));
    expect(await ingestion.call("DELETE", `/v1/pulls/${id}`)).toMatchObject({
      status: 200,
      json: { state: "cancelled" },
    });
    expect(await ingestion.run(platform)).toBe("idle");
    expect(server.queries()).toEqual([]);
    expect(await ingestion.call("DELETE", `/v1/pulls/${id}`)).toMatchObject({
      status: 409,
      json: { code: "pull_ended" },
    });
  });

  it("that runs: it stops, keeps what it took, and does not say that the platform is whole", async () => {
    const pause = pausing(async () => {
      const [running] = await ingestion.pulls(started.platform);
      await ingestion.call("DELETE", `/v1/pulls/${running?.pullId}`);
    }, 4);
    const started = await start(rowsOfDays(12), pause.fault);
    await started.ask({});
    pause.arm();
    expect(await ingestion.run(started.platform)).toBe("cancelled");
    const [pull] = await ingestion.pulls(started.platform);
    expect(pull).toMatchObject({ state: "cancelled", reason: null });
    const kept = await stored(started.platform.name);
    expect(kept.versions).toBeGreaterThan(0);
    expect(kept.versions).toBeLessThan(48);
    const [closing] = await ingestion.owner`
      SELECT complete_until FROM acquisition.batch WHERE pull_id = ${pull?.pullId ?? ""} AND closes_pull`;
    expect(closing).toEqual({ complete_until: null });
    expect(await started.pull()).toMatchObject({ state: "complete" });
    expect((await stored(started.platform.name)).versions).toBe(48);
  });

  it("that hangs: it stops within the beat of its lease", async () => {
    let asked = false;
    const hang: CityFault = (request) => {
      if (request.path !== "/api/credit/list") return undefined;
      asked = true;
      return null;
    };
    const { platform, ask } = await start(rowsOfDays(2), hang);
    const id = idOf(await ask({}));
    const running = ingestion.run(platform);
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(true);
    expect((await ingestion.call("DELETE", `/v1/pulls/${id}`)).status).toBe(200);
    expect(await running).toBe("cancelled");
  });

  it("that is not there: 404", async () => {
    const id = "00000000-0000-7000-8000-000000000000";
    for (const method of ["GET", "DELETE"]) {
      expect(await ingestion.call(method, `/v1/pulls/${id}`)).toMatchObject({
        status: 404,
        json: { code: "pull_not_found" },
      });
    }
  });
});
