import { readReconciliation } from "@xueshi/database";
import { platformNamed } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CityRow, cityRow, smallCity } from "../../acquisition/testing/city-listing.ts";
import { type CityFault, startCityServer } from "../../acquisition/testing/city-server.ts";
import { answerReconciliation } from "../../acquisition/testing/reconciling-city.ts";
import { sweep } from "../../sweep.ts";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { handleReconcile } from "./reconcile.job.ts";
import { runReconciliation } from "./run-reconciliation.ts";

const DAY_SECONDS = 86_400;
const signal = new AbortController().signal;
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

const RANGE = { from: "2020-01-01", until: "2020-01-31" };
type Json = Record<string, never> & { readonly reconciliationId: string; readonly state: string };

/** Four rows a day, from 2020-01-01 on. */
const rowsOfDays = (days: number): CityRow[] =>
  Array.from({ length: days * 4 }, (_, nth) => cityRow(`B${String(nth).padStart(3, "0")}`, (nth * DAY_SECONDS) / 4));

async function start(rows: readonly CityRow[], fault: CityFault = () => undefined) {
  const city = smallCity({ rowsPerPage: 4, overlapSeconds: 60 }, { catalogue: null });
  const platform = { ...city.platform, name: `reconciled-${tests}` };
  const answer: CityFault = (request, listing) => {
    const changed = fault(request, listing);
    return changed === undefined ? answerReconciliation(request, listing) : changed;
  };
  const server = await startCityServer(city, rows, answer);
  ingestion.use([platform], server.url);
  const begin = async (body: object = RANGE) =>
    ingestion.call("POST", "/v1/reconciliations", { platform: platform.name, ...body });
  const show = async (id: string): Promise<Json> => (await ingestion.call("GET", `/v1/reconciliations/${id}`)).json;
  return {
    platform,
    server,
    begin,
    show,
    /** Starts a reconciliation, runs it, and gives it back as the API shows it. */
    async reconcile(body: object = RANGE): Promise<Json> {
      const { status, json } = await begin(body);
      expect(status).toBe(202);
      const { reconciliationId } = json as Json;
      await runReconciliation(ingestion.context, reconciliationId, signal);
      return show(reconciliationId);
    },
    /** Repairs it, runs the pulls, and compares anew, as the sweeper would have it done. */
    async repair(id: string): Promise<Json> {
      const answered = await ingestion.call("POST", `/v1/reconciliations/${id}/repair`);
      expect([answered.status, (answered.json as Json).state]).toEqual([202, "repairing"]);
      await ingestion.run(platform);
      await runReconciliation(ingestion.context, id, signal);
      return show(id);
    },
    differences: async (id: string) =>
      (await ingestion.call("GET", `/v1/reconciliations/${id}/differences`)).json as {
        differences: { recordId: string; kind: string; day: string; here: unknown; there: unknown }[];
      },
  };
}

const daysOf = (json: Json) => json.days as unknown as { day: string; state: string; here: object; there: object }[];
const namesOf = (found: { differences: { recordId: string; kind: string }[] }) =>
  found.differences.map(({ recordId, kind }) => `${recordId} ${kind}`).toSorted();

describe("a reconciliation with a platform", () => {
  it("that agrees is closed at once, with both sides of each day, refused and withdrawn records among them", async () => {
    const dirty = [
      cityRow("BADID", 100, { IdCard: "330899198101270341" }),
      cityRow("NOHOURS", 200, { Credit: "8.555" }),
      cityRow("GONE", 300, { Status: 9, Credit: "?" }),
      cityRow("DRAFT", 400, { Status: 1, Credit: "1.5" }),
      cityRow("ODD", 500, { Status: 7 }),
      cityRow("TWICE", 600),
      cityRow("TWICE", 2 * DAY_SECONDS, { Credit: "4.5" }),
      cityRow("SPOILT", 700),
      cityRow("SPOILT", 3 * DAY_SECONDS, { Credit: "x" }),
      cityRow("RIVAL", 800, { Credit: 3 }),
      cityRow("RIVAL", 800, { Credit: 9 }),
    ];
    const { reconcile, server } = await start([...rowsOfDays(4), ...dirty]);
    await ingestion.pull(ingestion.context.sources.platforms[0] as never);
    const closed = await reconcile();
    expect(closed).toMatchObject({
      state: "closed",
      comparedUntil: "2020-01-31",
      differences: { missing_here: 0, missing_there: 0, differs: 0 },
      proof: { basis: "agreed", closedBy: null },
    });
    expect(daysOf(closed).map(({ day, state, here }) => [day, state, here])).toEqual(
      daysOf(closed).map(({ day, there }) => [day, "equal", there]),
    );
    expect(daysOf(closed)).toHaveLength(4);
    expect(daysOf(closed)[0]).toMatchObject({ here: { records: 10, hours: 58.5 } });
    // The digests agreed, so no day was listed.
    expect(server.requests.filter(({ path }) => path === "/api/reconciliation/records")).toEqual([]);
  });

  it("finds a row that was back-dated beyond the overlap, repairs it, and is closed with proof", async () => {
    const { platform, server, reconcile, repair, differences } = await start(rowsOfDays(6));
    await ingestion.pull(platform);
    server.listing.append([cityRow("LATE", 2 * DAY_SECONDS + 7)]);
    await ingestion.pull(platform);
    const run = await reconcile();
    expect(run).toMatchObject({ state: "different", repairable: true, differences: { missing_here: 1 }, proof: null });
    expect((await differences(run.reconciliationId)).differences).toMatchObject([
      {
        ...{ recordId: "LATE", kind: "missing_here", day: "2020-01-03", here: null },
        there: { updateTime: "2020-01-03T00:00:07.000+08:00", hours: 8, status: "final" },
      },
    ]);
    const closed = await repair(run.reconciliationId);
    expect(closed).toMatchObject({
      state: "closed",
      proof: { basis: "repaired" },
      repairs: [{ from: "2020-01-03", until: "2020-01-03" }],
    });
    const repaired = daysOf(closed).find(({ day }) => day === "2020-01-03");
    expect(repaired).toMatchObject({ here: { records: 5, hours: 40 }, there: { records: 5, hours: 40 } });
    expect(repaired).toMatchObject({ repairedBy: [expect.any(String)] });
    expect(repaired?.here).toEqual(repaired?.there);
  });

  it("lists what each side lacks and what differs, and keeps what a re-pull cannot mend", async () => {
    const { platform, server, reconcile, repair, differences } = await start(rowsOfDays(6));
    await ingestion.pull(platform);
    server.listing.remove(({ Id }) => Id === "B002" || Id === "B010");
    server.listing.append([
      cityRow("LATE", 3 * DAY_SECONDS + 7, { Credit: "0.5" }),
      // Changed without a later time, and gone back to an earlier one.
      cityRow("B010", 2 * DAY_SECONDS + DAY_SECONDS / 2, { Credit: 6 }),
    ]);
    const [moved] = server.listing.rows.filter(({ Id }) => Id === "B021");
    server.listing.remove(({ Id }) => Id === "B021");
    server.listing.append([{ ...(moved as CityRow), UpdateTime: "2020-01-02 00:00:01" }]);
    const run = await reconcile();
    expect(namesOf(await differences(run.reconciliationId))).toEqual([
      "B002 missing_there",
      "B010 differs",
      "B021 differs",
      "LATE missing_here",
    ]);
    const again = await repair(run.reconciliationId);
    expect(again).toMatchObject({ state: "different", repairable: false });
    // B010 has both contents at one time now: what the platform says did arrive.
    expect(namesOf(await differences(run.reconciliationId))).toEqual(["B002 missing_there", "B021 differs"]);
    expect(await ingestion.call("POST", `/v1/reconciliations/${run.reconciliationId}/repair`)).toMatchObject({
      ...{ status: 409, json: { code: "nothing_to_repair" } },
    });
    const closing = { reason: "平台来函说明：B002 已删除，B021 已更正时间。", document: "函〔2026〕1号" };
    const answered = await ingestion.call("POST", `/v1/reconciliations/${run.reconciliationId}/closure`, closing);
    expect(answered).toMatchObject({
      ...{ status: 200, json: { state: "closed", proof: { basis: "explained", closedBy: "operator-1", ...closing } } },
    });
    expect(await ingestion.call("POST", `/v1/reconciliations/${run.reconciliationId}/closure`, closing)).toMatchObject({
      ...{ status: 409, json: { code: "reconciliation_state_conflict" } },
    });
  });

  it("does not report what changed since the last pull, nor a record on two days twice", async () => {
    const { platform, server, reconcile, differences } = await start(rowsOfDays(6));
    await ingestion.pull(platform);
    const now = Math.floor((ingestion.state.nowMs - Date.parse("2020-01-01T00:00:00+08:00")) / 1_000);
    server.listing.touch("B001", now + 3_600);
    // Here on the first day, there on the fourth: both days differ, and it is one difference.
    server.listing.touch("B003", 3 * DAY_SECONDS + 5);
    const run = await reconcile();
    expect(run).toMatchObject({ state: "different", notDue: 1 });
    expect((await differences(run.reconciliationId)).differences).toMatchObject([
      {
        ...{ recordId: "B003", kind: "differs", day: "2020-01-04" },
        here: { updateTime: "2020-01-01T18:00:00.000+08:00", state: null },
        there: { updateTime: "2020-01-04T00:00:05.000+08:00" },
      },
    ]);
    expect(daysOf(run).map(({ state }) => state)).toEqual([
      "different",
      "equal",
      "equal",
      "different",
      "equal",
      "equal",
    ]);
  });

  it("reports what the platform moved long ago to a day that was not asked for, and repairs it", async () => {
    const { platform, server, reconcile, repair, differences } = await start(rowsOfDays(6));
    await ingestion.pull(platform);
    server.listing.touch("B003", 3 * DAY_SECONDS + 5);
    const run = await reconcile({ from: "2020-01-01", until: "2020-01-02" });
    expect(run).toMatchObject({ state: "different", notDue: 0, comparedUntil: "2020-01-02" });
    expect((await differences(run.reconciliationId)).differences).toMatchObject([
      { recordId: "B003", kind: "differs", day: "2020-01-04" },
    ]);
    expect(await repair(run.reconciliationId)).toMatchObject({
      ...{ state: "closed", proof: { basis: "repaired" }, repairs: [{ from: "2020-01-04", until: "2020-01-04" }] },
    });
  });

  it("reads all pages of an answer to ids", async () => {
    const { platform, server, reconcile } = await start(rowsOfDays(6));
    await ingestion.pull(platform);
    const now = Math.floor((ingestion.state.nowMs - Date.parse("2020-01-01T00:00:00+08:00")) / 1_000);
    for (const id of ["B000", "B001", "B002", "B003", "B004"]) server.listing.touch(id, now + 3_600);
    expect(await reconcile()).toMatchObject({ state: "closed", notDue: 5 });
    expect(server.requests.filter(({ query }) => query.has("recordIds")).length).toBe(2);
  });

  it.each(["there", "here too"])("leaves out a record that is changed %s while the days are read", async (where) => {
    const now = Math.floor((ingestion.state.nowMs - Date.parse("2020-01-01T00:00:00+08:00")) / 1_000);
    const moved: string[] = [];
    const { platform, server, reconcile, differences } = await start(rowsOfDays(4), (request, listing) => {
      if (request.path !== "/api/reconciliation/records" || moved.length > 0) return undefined;
      moved.push("B005");
      const before = answerReconciliation(request, listing);
      listing.touch("B005", now + 60);
      if (where === "there") return undefined;
      void ingestion.pull(platform).then(() => {
        request.response.setHeader("content-type", "application/json");
        request.response.end(JSON.stringify(before));
      });
      return null;
    });
    await ingestion.pull(platform);
    server.listing.append([cityRow("LATE", DAY_SECONDS + 1)]);
    ingestion.state.nowMs += 120_000;
    const run = await reconcile();
    expect(moved).toEqual(["B005"]);
    expect(namesOf(await differences(run.reconciliationId))).toEqual(["LATE missing_here"]);
    expect(run).toMatchObject({ notDue: 1 });
    expect(daysOf(run)[1]).toMatchObject({ here: { records: 3, hours: 24 }, there: { records: 4, hours: 32 } });
  });

  it("compares to the last day that ended before the last complete pull, and fails where there is none", async () => {
    const { platform, reconcile, server } = await start(rowsOfDays(2));
    expect(await reconcile()).toMatchObject({ state: "failed", error: { code: "not_due" } });
    await ingestion.pull(platform);
    const today = new Date(ingestion.state.nowMs + 8 * 3_600_000).toISOString().slice(0, 10);
    const yesterday = new Date(ingestion.state.nowMs - 16 * 3_600_000).toISOString().slice(0, 10);
    expect(await reconcile({ from: yesterday, until: today })).toMatchObject({
      state: "closed",
      comparedUntil: yesterday,
    });
    expect(server.requests.at(-1)?.query.get("until")).toBe(yesterday);
    expect(await reconcile({ from: today, until: today })).toMatchObject({ error: { code: "not_due" } });
    // Within the overlap of a pull at midnight the day before still gets rows.
    const midnightMs = Date.parse(`${today}T00:00:00+08:00`) + DAY_SECONDS * 1_000;
    for (const [seconds, comparedUntil] of [
      [59, yesterday],
      [60, today],
    ] as const) {
      ingestion.state.nowMs = midnightMs + seconds * 1_000;
      await ingestion.pull(platform);
      expect(await reconcile({ from: yesterday, until: today })).toMatchObject({ state: "closed", comparedUntil });
    }
  });

  it("says when a platform's digest is not that of its own records", async () => {
    const { platform, reconcile } = await start(rowsOfDays(2), (request, listing) => {
      if (request.path !== "/api/reconciliation/days") return undefined;
      const answer = answerReconciliation(request, listing) as { data: { days: object[] } };
      return { code: 0, data: { days: answer.data.days.map((day) => ({ ...day, digest: "0".repeat(64) })) } };
    });
    await ingestion.pull(platform);
    const closed = await reconcile();
    expect(closed).toMatchObject({ state: "closed", proof: { basis: "agreed" } });
    expect(daysOf(closed).map(({ state }) => state)).toEqual(["digest_wrong", "digest_wrong"]);
  });

  it("is not closed where the platform's list leaves out what its sums count", async () => {
    const { platform, server, reconcile } = await start(rowsOfDays(3), (request, listing) => {
      if (request.path !== "/api/reconciliation/records") return undefined;
      return answerReconciliation(request, { rows: listing.rows.filter(({ Id }) => Id !== "B005") });
    });
    const hidden = server.listing.rows.filter(({ Id }) => Id === "B005");
    server.listing.remove(({ Id }) => Id === "B005");
    await ingestion.pull(platform);
    server.listing.append(hidden);
    const run = await reconcile();
    expect(run).toMatchObject({ state: "different", repairable: false, differences: { missing_here: 0 } });
    expect(daysOf(run)[1]).toMatchObject({
      state: "sums_wrong",
      here: { records: 3 },
      there: { records: 4, hours: 32 },
    });
    const closing = { reason: "平台来函说明：合计含已删除的一条。", document: "函〔2026〕2号" };
    const answered = await ingestion.call("POST", `/v1/reconciliations/${run.reconciliationId}/closure`, closing);
    expect(answered).toMatchObject({ status: 200, json: { proof: { basis: "explained" } } });
  });

  it("is not closed where the platform leaves out days that its lists have", async () => {
    const { platform, reconcile } = await start(rowsOfDays(2), ({ path }) =>
      path === "/api/reconciliation/days" ? { code: 0, data: { days: [] } } : undefined,
    );
    await ingestion.pull(platform);
    const run = await reconcile();
    expect(run.state).toBe("different");
    expect(daysOf(run).map(({ state }) => state)).toEqual(["sums_wrong", "sums_wrong"]);
  });

  it("asks for sums and list of a day once more where a record moved between them", async () => {
    const left = ["B005", "B006"];
    const { platform, server, reconcile } = await start(rowsOfDays(3), ({ path, query }, listing) => {
      // Gone before it is listed, and the next one before the sums are asked for again.
      const isAsked = path === "/api/reconciliation/records" && query.get("day") === "2020-01-02";
      const isAgain = path === "/api/reconciliation/days" && query.get("from") === "2020-01-02";
      if (isAsked ? left.length === 2 : isAgain && left.length === 1) {
        const id = left.shift();
        listing.remove((row) => row.Id === id);
      }
      return undefined;
    });
    await ingestion.pull(platform);
    server.listing.append([cityRow("LATE", DAY_SECONDS + 1)]);
    const run = await reconcile();
    expect(left).toEqual([]);
    expect(daysOf(run).map(({ state }) => state)).toEqual(["equal", "different", "equal"]);
    expect(run).toMatchObject({ differences: { missing_here: 1, missing_there: 2 } });
  });

  const listed = (updateTime: string, recordId = "B000") => ({
    ...{ code: 0, data: { records: [{ recordId, updateTime, hours: 8, status: "final" }] } },
  });
  const day = (changes: object) => ({ day: "2020-01-01", records: 0, hours: 0, digest: "0".repeat(64), ...changes });
  const FAULTS: readonly [string, path: "days" | "records", CityFault][] = [
    ["http_status", "days", ({ response }) => Object.assign(response, { statusCode: 404 }) && {}],
    ["error_body", "days", () => ({ code: 500, msg: "busy" })],
    ["body_invalid", "days", () => ({ code: 0, data: { days: [day({ records: -1 })] } })],
    ["body_invalid", "days", () => ({ code: 0, data: { days: [day({ day: "2019-12-31" })] } })],
    ["body_invalid", "days", () => ({ code: 0, data: { days: [day({}), day({})] } })],
    ["body_invalid", "days", () => ({ code: 0, data: { days: [day({ hours: 0.123 })] } })],
    ["body_invalid", "records", () => listed("2020-01-02T08:00:00", "")],
    ["day_wrong", "records", () => listed("2020-01-01T00:00:00Z")],
    ["day_wrong", "records", () => listed("2020-01-02T16:00:00Z")],
    ["ids_ignored", "records", ({ query }) => (query.has("recordIds") ? listed("2020-01-02T08:00:00") : undefined)],
    ["no_progress", "records", () => ({ code: 0, data: { records: [], nextCursor: "again" } })],
  ];
  it("fails where the platform's answers cannot be right, and says why", async () => {
    let current: (typeof FAULTS)[number] | null = null;
    const { platform, server, reconcile } = await start(rowsOfDays(2), (request, listing) =>
      request.path === `/api/reconciliation/${current?.[1]}` ? current?.[2](request, listing) : undefined,
    );
    await ingestion.pull(platform);
    server.listing.append([cityRow("LATE", DAY_SECONDS + 1)]);
    // One that no day lists, so that ids are asked for.
    server.listing.remove(({ Id }) => Id === "B001");
    for (const fault of FAULTS) {
      current = fault;
      const { state, error } = await reconcile();
      expect([state, error]).toEqual(["failed", { code: fault[0], message: expect.stringMatching(/\w/) }]);
    }
  });

  it("begins anew where its process died in the middle, and lists every difference once", async () => {
    const { platform, server, begin, show, differences } = await start(rowsOfDays(2));
    await ingestion.pull(platform);
    server.listing.append([cityRow("LATE", DAY_SECONDS + 1)]);
    const { reconciliationId } = (await begin()).json as Json;
    await ingestion.owner.unsafe(`
      CREATE FUNCTION acquisition.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'dead'; END $$;
      CREATE TRIGGER die BEFORE INSERT ON acquisition.reconciliation_difference
        FOR EACH ROW EXECUTE FUNCTION acquisition.die()`);
    const job = { attempt: 1, signal };
    await expect(handleReconcile(ingestion.context, { reconciliationId }, job)).rejects.toThrow("dead");
    expect(await show(reconciliationId)).toMatchObject({ state: "comparing" });
    await ingestion.owner.unsafe("DROP FUNCTION acquisition.die CASCADE");
    const hinted: unknown[] = [];
    const queue = { ...ingestion.context.queue, enqueue: async (...job: unknown[]) => void hinted.push(job) };
    await sweep({ ...ingestion.context, queue });
    expect(hinted).toContainEqual(["reconcile", { reconciliationId }, { dedupeKey: reconciliationId }]);
    await handleReconcile(ingestion.context, { reconciliationId }, job);
    expect(namesOf(await differences(reconciliationId))).toEqual(["LATE missing_here"]);
    await handleReconcile(ingestion.context, { reconciliationId }, job);
    expect((await show(reconciliationId)).state).toBe("different");
    expect(await readReconciliation(ingestion.context.sql, reconciliationId)).toMatchObject({ state: "different" });
  });

  it("is given up in the end where it fails for a reason of ours", async () => {
    const { platform, begin, show } = await start(rowsOfDays(1));
    await ingestion.pull(platform);
    const { reconciliationId } = (await begin()).json as Json;
    const broken = { ...ingestion.context, targets: { [platform.name]: { baseUrl: "no address", credentials: {} } } };
    await expect(handleReconcile(broken, { reconciliationId }, { attempt: 1, signal })).rejects.toThrow();
    await handleReconcile(broken, { reconciliationId }, { attempt: 5, signal });
    expect(await show(reconciliationId)).toMatchObject({ state: "failed", error: { code: "internal_error" } });
  });
});

describe("what cannot be reconciled by record", () => {
  it("is a platform without the protocol, and one behind a cursor cannot be repaired", async () => {
    const { platform } = await start(rowsOfDays(1));
    const { connection } = platform;
    if (connection.transport !== "http-json") throw new Error("another transport");
    ingestion.use([{ ...platform, connection: { ...connection, reconciliation: null } }], "http://127.0.0.1:9");
    const body = { platform: platform.name, ...RANGE };
    expect(await ingestion.call("POST", "/v1/reconciliations", body)).toMatchObject({
      ...{ status: 422, json: { code: "reconciliation_not_supported" } },
    });
    expect(platformNamed("zj-industry")?.connection).toMatchObject({ reconciliation: { answer: [] } });
  });

  it.each([
    [{ from: "2020-01-03" }, "until"],
    [{ from: "2020-01-03", until: "2020-01-02" }, "until"],
    [{ from: "2018-01-03", until: "2020-01-02" }, "until"],
    [{ ...RANGE, totals: [{ from: "2020-01-01", until: "2020-01-01", records: 1, hours: 1 }] }, "from"],
    [{ totals: [{ from: "2020-01-02", until: "2020-01-01", records: 1, hours: 1 }] }, "totals[0].until"],
    [{ totals: [{ from: "2020-01-01", until: "2020-01-01", records: 1, hours: 1.005 }] }, "totals[0].hours"],
    [{ ...RANGE, by: "obtained_on" }, "by"],
  ])("is %j: 422 at %s", async (body, path) => {
    const { begin } = await start([]);
    const { status, json } = await begin(body);
    expect([status, (json as { errors: { path: string }[] }).errors[0]?.path]).toEqual([422, path]);
  });
});

describe("totals", () => {
  it("are put beside what arrived, by what became of it, and explained where a state explains them", async () => {
    const rows = [
      cityRow("A", 1),
      cityRow("B", 2, { Credit: 4, Name: "另一课" }),
      cityRow("W", 3, { Status: 9, Credit: 5 }),
      cityRow("R", 4, { IdCard: "1", Credit: "2.5" }),
    ];
    const { platform, reconcile } = await start(rows);
    await ingestion.pull(platform);
    const day = { from: "2020-01-01", until: "2020-01-01" };
    const totals = [
      { ...day, records: 4, hours: 19.5 },
      { ...day, records: 2, hours: 12 },
      { ...day, records: 9, hours: 9 },
    ];
    const report = await reconcile({ totals });
    expect(report).toMatchObject({ kind: "totals", state: "different", repairable: false, days: [] });
    const byState = {
      pending: { records: 2, hours: 12 },
      refused: { records: 1, hours: 2.5 },
      withdrawn: { records: 1, hours: 5 },
    };
    expect(report.totals).toMatchObject([
      { here: { records: 4, hours: 19.5 }, byState, missing: { records: 0, hours: 0 }, explainedBy: [] },
      { missing: { records: -2, hours: -7.5 }, explainedBy: ["refused", "withdrawn"] },
      { missing: { records: 5, hours: -10.5 }, explainedBy: null },
    ]);
    expect(await reconcile({ totals: [totals[0]] })).toMatchObject({ state: "closed", proof: { basis: "agreed" } });
    const obtained = [{ from: "2019-12-31", until: "2019-12-31", records: 2, hours: 12 }];
    expect((await reconcile({ totals: obtained, by: "obtained_on" })).totals).toMatchObject([
      ...[{ byState: { pending: byState.pending, withdrawn: byState.withdrawn }, explainedBy: ["withdrawn"] }],
    ]);
    const { reconciliationId } = report;
    expect(await ingestion.call("POST", `/v1/reconciliations/${reconciliationId}/repair`)).toMatchObject({
      ...{ status: 409, json: { code: "nothing_to_repair" } },
    });
  });
});

describe("reading reconciliations", () => {
  it("pages them and their differences", async () => {
    const { platform, server, reconcile } = await start(rowsOfDays(2));
    await ingestion.pull(platform);
    await reconcile();
    server.listing.append([cityRow("L1", 1), cityRow("L2", 2), cityRow("L3", 3)]);
    const { reconciliationId } = await reconcile();
    const list = `/v1/reconciliations?platform=${platform.name}&limit=1`;
    const first = (await ingestion.call("GET", list)).json as { reconciliations: Json[]; nextCursor: string };
    expect(first.reconciliations).toMatchObject([{ reconciliationId, state: "different" }]);
    const second = (await ingestion.call("GET", `${list}&cursor=${first.nextCursor}`)).json as typeof first;
    expect(second).toMatchObject({ reconciliations: [{ state: "closed" }], nextCursor: null });
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const path = `/v1/reconciliations/${reconciliationId}/differences?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = (await ingestion.call("GET", path)).json as {
        differences: { recordId: string }[];
        nextCursor: string;
      };
      seen.push(...page.differences.map(({ recordId }) => recordId));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(["L1", "L2", "L3"]);
    const unknown = "00000000-0000-7000-8000-000000000000";
    for (const path of [unknown, `${unknown}/differences`]) {
      expect(await ingestion.call("GET", `/v1/reconciliations/${path}`)).toMatchObject({ status: 404 });
    }
    expect((await ingestion.call("GET", `${list}&cursor=eyJhIjoxfQ`)).status).toBe(422);
  });
});
