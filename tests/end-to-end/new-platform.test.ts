import { spawnSync } from "node:child_process";
import { createSourceRegistry, SOURCES } from "@xueshi/platforms";
import { startTestMariadb, type TestMariadb } from "@xueshi/runtime/testing";
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleCounty } from "../../packages/platforms/examples/example-county/index.ts";
import { ID, NAME, type OpenServices, openServices } from "./open-services.ts";
import { waitFor } from "./wait-for.ts";

// The worked example of adding-a-platform.md: a folder of configuration, a target, and nothing else.

/** Where it is not installed an architecture test says so, and refuses it in CI. */
const hasMariadbServer = spawnSync("mariadbd", ["--version"]).status === 0;

let server: TestMariadb;
let county: Connection;
let services: OpenServices;

describe.runIf(hasMariadbServer)("a platform that is added", () => {
  beforeAll(async () => {
    const started = await startTestMariadb();
    if (started === null) throw new Error("mariadbd was there a moment ago");
    server = started;
    county = await createConnection({ uri: server.url, charset: "utf8mb4" });
    await county.query(`CREATE TABLE 继续教育学时 (流水号 bigint AUTO_INCREMENT PRIMARY KEY, 证件号码 varchar(40), 姓名 varchar(40),
    课程名称 varchar(200), 主办单位 varchar(100), 学时 decimal(6,2), 科目 char(1), 办理状态 varchar(10), 完成时间 datetime,
    修改时间 datetime(3), 交换标志 tinyint NOT NULL DEFAULT 0, 交换时间 datetime) CHARACTER SET gbk`);
    services = await openServices({
      sources: createSourceRegistry([...SOURCES.platforms, exampleCounty], SOURCES.pushSources),
      targets: { "example-county": { databaseUrl: server.url } },
    });
  });

  afterAll(async () => {
    await services?.close();
    await county?.end();
    await server?.stop();
  });

  const fill = (title: string, hours: string, subject: string, status = "通过", name = NAME) =>
    county.execute(
      `INSERT INTO 继续教育学时 (证件号码, 姓名, 课程名称, 主办单位, 学时, 科目, 办理状态, 完成时间, 修改时间)
     VALUES (?, ?, ?, '某县人社局', ?, ?, ?, '2020-03-02 10:00:00', '2020-03-03 08:00:00.123')`,
      [ID, name, title, hours, subject, status],
    );

  async function pull(): Promise<Record<string, unknown>> {
    const { ingestionUrl: url } = services;
    const started = await services.call(url, "POST", "/v1/pulls", "operator", { platform: "example-county" });
    expect(started.status).toBe(202);
    return waitFor("the pull to be posted", async () => {
      const { json } = await services.call(url, "GET", "/v1/platforms", "operator");
      const found = json.platforms.find((one: { platform: string }) => one.platform === "example-county");
      const isOver =
        found.lastPull.pullId === started.json.pullId && !["queued", "running"].includes(found.lastPull.state);
      return isOver && found.unpostedBatches === 0 ? found.lastPull : null;
    });
  }

  const seen = async (recordId: string) =>
    (await services.call(services.ingestionUrl, "GET", `/v1/records/${recordId}?source=example-county`, "operator"))
      .json;

  /** What the ledger sums up of it, in hundredths of hours. */
  const balances = () => services.owner`
    SELECT subject, hours_hundredths::int AS hours FROM projection.balance
    WHERE platform = 'example-county' AND hours_hundredths <> 0 ORDER BY subject COLLATE "C"`;

  it("a county that fills a staging table is pulled and counted, without a change of the engine", async () => {
    await fill("测绘新技术", "1.50", "A");
    await fill("生态文明", "12.00", "C");
    await fill("待审的课", "3.00", "A", "待审");
    await fill("别人的课", "3.00", "A", "通过", "别人");
    await fill("没有科目", "4.00", "X");
    expect(await pull()).toMatchObject({ state: "complete", rows: 5 });
    expect(await seen("1")).toMatchObject({ counts: true, hours: 1.5, subject: "professional", year: 2020 });
    expect(await seen("2")).toMatchObject({ counts: true, hours: 12, subject: "general_common" });
    expect(await seen("3")).toMatchObject({ counts: false, state: "not_registered" });
    expect(await seen("4")).toMatchObject({ counts: false, state: "held", heldRows: [{ code: "identity_conflict" }] });
    expect(await seen("5")).toMatchObject({ counts: false, state: "unclassified" });
    expect(await balances()).toMatchObject([
      { subject: "general_common", hours: 1_200 },
      { subject: "professional", hours: 150 },
    ]);
    const [marked] = await county.query(
      "SELECT count(*) AS n, count(交换时间) AS times FROM 继续教育学时 WHERE 交换标志 = 1",
    );
    expect(marked).toMatchObject([{ n: 5, times: 5 }]);
  });

  it("what the county changes and hands over again takes the place of what was there; a void row is reversed", async () => {
    await county.query(
      "UPDATE 继续教育学时 SET 学时 = 2.00, 修改时间 = '2020-03-04 08:00:00', 交换标志 = 0 WHERE 流水号 = 1",
    );
    await county.query(
      "UPDATE 继续教育学时 SET 办理状态 = '作废', 修改时间 = '2020-03-04 08:00:00', 交换标志 = 0 WHERE 流水号 = 2",
    );
    expect(await pull()).toMatchObject({ state: "complete", rows: 2 });
    expect(await seen("1")).toMatchObject({
      counts: true,
      hours: 2,
      versions: [{ isCurrent: true }, { isCurrent: false }],
    });
    expect(await seen("2")).toMatchObject({ counts: false, state: "withdrawn" });
    expect(await balances()).toMatchObject([{ subject: "professional", hours: 200 }]);
    expect(await pull()).toMatchObject({ state: "complete", rows: 0 });
  });
});
