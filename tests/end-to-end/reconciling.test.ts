import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulators, simulatorSecrets, startSimulators } from "@xueshi/scripts/simulators";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publicFeeds } from "./feeds.ts";
import { type OpenServices, openServices, pushedRecord } from "./open-services.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { waitFor } from "./wait-for.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const YEARS = ["2019", "2020"];
const folder = makeTemporaryFolder();
let simulators: Simulators;
let services: OpenServices;

beforeAll(async () => {
  simulators = await startSimulators({ feedsDir: publicFeeds().dir, exportDir: folder.at("exports") });
  services = await openServices({
    targets: {
      "quzhou-city": { baseUrl: simulators.quzhouCity.url, credentials: simulatorSecrets.quzhouCity },
      "zj-industry": { baseUrl: simulators.zjIndustry.url, credentials: simulatorSecrets.zjIndustry },
    },
    sweepEveryMs: 100,
  });
  await Promise.all([pull("quzhou-city"), pull("zj-industry")]);
});
afterAll(async () => {
  await services.close();
  await simulators.close();
  folder.remove();
});

const ask = async (method: string, path: string, body?: object) =>
  (await services.call(services.ingestionUrl, method, path, "operator", body)).json;

async function pull(platform: string) {
  const { pullId } = await ask("POST", "/v1/pulls", { platform });
  return waitFor(`the pull of ${platform}`, async () => {
    const found = await ask("GET", `/v1/pulls/${pullId}`);
    return found.endedAt === null ? null : found;
  });
}

async function reconcile(platform: string, from: string, until: string) {
  const { reconciliationId } = await ask("POST", "/v1/reconciliations", { platform, from, until });
  return compared(reconciliationId);
}

const compared = (reconciliationId: string) =>
  waitFor("the reconciliation", async () => {
    const run = await ask("GET", `/v1/reconciliations/${reconciliationId}`);
    return ["queued", "comparing", "repairing"].includes(run.state) ? null : run;
  });

/** What `pnpm ops reconcile …` prints, without ids and times. */
function ops(...args: string[]): Promise<{ code: number; out: string }> {
  const env = {
    ...process.env,
    XUESHI_INGESTION_URL: services.ingestionUrl,
    XUESHI_OPERATOR_KEY: services.keys.operator,
  };
  const command = [join(REPOSITORY, "scripts/ops/main.ts"), "reconcile", ...args, "--lang", "en"];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out: error === null ? out : out + err });
    });
  });
}

it("agrees with each platform on every day of a feed with every kind of dirt", async () => {
  for (const platform of ["quzhou-city", "zj-industry"]) {
    const runs = await Promise.all(YEARS.map((year) => reconcile(platform, `${year}-01-01`, `${year}-12-31`)));
    const days = runs.flatMap((run) => run.days);
    expect(runs.map(({ state }) => state)).toEqual(YEARS.map(() => "closed"));
    expect(days.filter(({ state }) => state !== "equal")).toEqual([]);
    expect(days.length).toBeGreaterThan(300);
    // Refused rows are among the days, because they arrived.
    const states = await services.owner<{ code: string }[]>`
      SELECT DISTINCT code FROM admission.refusal WHERE source = ${platform} ORDER BY code`;
    expect(states.map(({ code }) => code)).toEqual(["hours_invalid", "id_invalid"]);
  }
});

it("finds what a pull missed, repairs it and is closed with proof, on the command line", async () => {
  const late = {
    ...{ Id: "QZ-LATE", IdCard: "330899197312100005", Name: "补录课程" },
    ...{ RealName: "邓国刚", OrgName: "某单位", CategoryId: 101, CategoryName: "专业课程（网络）", TrainOrg: "学院" },
    ...{ Credit: 7.5, CreditTime: "2019-05-05", Status: 3, TaskName: "已通过", UpdateTime: "2019-05-06 10:00:00" },
  };
  simulators.append("quzhou-city", [late]);
  await pull("quzhou-city");
  const started = await ops("start", "quzhou-city", "--from", "2019-05-01", "--until", "2019-05-31", "--wait");
  expect(started).toMatchObject({ code: 0 });
  expect(started.out).toContain("missing_here 1, missing_there 0, differs 0");
  const id = started.out.slice(0, 36);
  const { differences } = await ask("GET", `/v1/reconciliations/${id}/differences`);
  const there = { updateTime: "2019-05-06T10:00:00.000+08:00", hours: 7.5, status: "final" };
  expect(differences).toMatchObject([
    { recordId: "QZ-LATE", kind: "missing_here", day: "2019-05-06", here: null, there },
  ]);
  const repaired = await ops("repair", id, "--wait");
  expect(repaired.out).toMatch(/closed .*: repaired\./);
  expect(repaired.out).toContain("repair 2019-05-06..2019-05-06: pull ");
  const { days, proof } = await ask("GET", `/v1/reconciliations/${id}`);
  expect(proof).toMatchObject({ basis: "repaired", closedBy: null });
  for (const { here, there } of days) expect(here).toEqual(there);
  const record = await ask("GET", "/v1/records/QZ-LATE?source=quzhou-city");
  expect(record).toMatchObject({ recordId: "QZ-LATE", versions: [{ hours: 7.5 }] });
});

it("lists lost, revised and withdrawn rows of a platform that cannot be read by date, and says it cannot repair", async () => {
  const { days } = await reconcile("zj-industry", "2020-01-01", "2020-12-31");
  const day = days.find(({ here }: { here: { records: number } }) => here.records > 3).day;
  const { records } = await services
    .call(services.ingestionUrl, "GET", `/v1/reconciliation/records?day=${day}&source=zj-industry`, "operator")
    .then(({ json }) => json);
  const [lost, revised] = records;
  simulators.remove("zj-industry", lost.recordId);
  const updateTimeMs = Date.parse(revised.updateTime);
  simulators.touch({ platform: "zj-industry", id: revised.recordId, changes: { classtime: "99.5" }, updateTimeMs });
  const run = await reconcile("zj-industry", day, day);
  expect(run).toMatchObject({ state: "different", differences: { missing_here: 0, missing_there: 1, differs: 1 } });
  const { json } = await services.call(
    ...([services.ingestionUrl, "POST", `/v1/reconciliations/${run.reconciliationId}/repair`, "operator"] as const),
  );
  expect(json.code).toBe("backfill_not_supported");
  // The platform lists the revised row at its end, where the next pull reads it.
  await pull("zj-industry");
  const again = await reconcile("zj-industry", day, day);
  expect(again.differences).toEqual({ missing_here: 0, missing_there: 1, differs: 0 });
  const closed = await ops("close", again.reconciliationId, "--reason", "平台来函", "--document", "函1号");
  expect(closed.out).toMatch(/closed .* by operator: explained\./);
  expect(closed.out).toContain("平台来函 (函1号)");
});

it("reports totals from a CSV", async () => {
  const file = folder.at("totals.csv");
  writeFileSync(file, "\uFEFF起始日期,截止日期,条数,学时\r\n2019-01-01,2019-12-31,1,8\r\n");
  const report = await ops("totals", "quzhou-city", "--csv", file, "--wait");
  expect(report.out).toMatch(/2019-01-01 +2019-12-31 +\d+ +1 +[\d.]+ +8 .*registered \d+\/[\d.]+ .* nothing/);
});

it("answers a source that asks the other way, about its own records only", async () => {
  const updateTime = "2020-04-02T08:00:00+08:00";
  await services.push([
    pushedRecord("own-1", { updateTime }),
    pushedRecord("own-2", { updateTime, status: "draft", hours: 1.5 }),
  ]);
  await services.call(services.ingestionUrl, "POST", "/v1/records", "other-training", {
    records: [pushedRecord("other-1", { updateTime })],
  });
  const own = (path: string, key = "demo-training") => services.call(services.ingestionUrl, "GET", path, key);
  const lines = [
    "own-1\t2020-04-02T08:00:00.000+08:00\t8.00\tfinal\n",
    "own-2\t2020-04-02T08:00:00.000+08:00\t1.50\tpending\n",
  ];
  const digest = createHash("sha256").update(lines.join("")).digest("hex");
  const days = await own("/v1/reconciliation/days?from=2020-04-01&until=2020-04-30");
  expect(days.json).toEqual({ days: [{ day: "2020-04-02", records: 2, hours: 9.5, digest }] });
  const first = await own("/v1/reconciliation/records?day=2020-04-02&limit=1");
  const second = await own(`/v1/reconciliation/records?day=2020-04-02&limit=1&cursor=${first.json.nextCursor}`);
  const seen = [...first.json.records, ...second.json.records].map(({ recordId }) => recordId).toSorted();
  expect([seen, second.json.nextCursor]).toEqual([["own-1", "own-2"], null]);
  const byId = await own(`/v1/reconciliation/records?recordIds=${encodeURIComponent("own-2\nother-1\nnone")}`);
  expect(byId.json.records).toEqual([
    { recordId: "own-2", updateTime: "2020-04-02T08:00:00.000+08:00", hours: 1.5, status: "pending" },
  ]);
  expect(
    (await own("/v1/reconciliation/days?from=2020-04-01&until=2020-04-30&source=quzhou-city")).json.days,
  ).toHaveLength(1);
  expect((await own("/v1/reconciliation/records?day=2020-04-02", "operator")).status).toBe(422);
  expect((await own("/v1/reconciliation/days?from=2020-04-01&until=2020-05-02")).status).toBe(422);
  expect((await own("/v1/reconciliation/records?day=2020-04-02", "declarations")).status).toBe(403);
  expect((await own("/v1/reconciliations")).status).toBe(403);
});
