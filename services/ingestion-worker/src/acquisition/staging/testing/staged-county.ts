import { spawnSync } from "node:child_process";
import { connect } from "@xueshi/database";
import { createTestDatabase } from "@xueshi/database/testing";
import { definePlatform, type Platform, type SqlConnection, type SqlMarkAsTaken } from "@xueshi/platforms";
import { startTestMariadb } from "@xueshi/runtime/testing";
import { createConnection } from "mysql2/promise";
import type { PullEnd, PulledPage } from "../../pull-event.ts";
import { createTestContext, type TestContext } from "../../testing/test-context.ts";
import { pullStagingTable } from "../pull-staging-table.ts";

/** A county's table, with names as such tables have them. */
const COLUMNS = ["编号", "身份证号", "姓名", "课程", "学时", "科目", "状态", "完成日期", "更新时间"];

export const BY_TIME = {
  kind: "by-update-time",
  updateTimeColumn: "更新时间",
  idColumn: "编号",
  overlapSeconds: 60,
} as const;

export const BY_MARK: SqlMarkAsTaken = {
  kind: "mark-as-taken",
  idColumn: "编号",
  markColumn: "已取",
  takenAtColumn: "取走时间",
  pendingValue: 0,
  takenValue: 1,
};

/** The types of the columns that tests change. */
export interface TableTypes {
  readonly id?: string;
  readonly time?: string;
  readonly mark?: string;
  /** What a row has as its mark before it is taken. */
  readonly pending?: string;
}

/** One server, as the other side sees it. Statements quote names with `"`; sessions are in Asia/Shanghai. */
export interface Side {
  readonly dialect: SqlConnection["dialect"];
  readonly url: string;
  run(statement: string): Promise<void>;
  /** Makes the county's table anew. */
  makeTable(types?: TableTypes): Promise<void>;
  /** Keeps everybody else out of the table until the answer is called. */
  lockTable(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const hasMariadbServer = spawnSync("mariadbd", ["--version"]).status === 0;

type NamedSide = readonly [name: string, open: () => Promise<Side>];

/** MariaDB is left out where it is not installed; an architecture test says so, and refuses it in CI. */
export const SIDES: readonly NamedSide[] = [
  ["PostgreSQL", () => openPostgresql("timestamptz(6)")],
  ...(hasMariadbServer ? [["MariaDB, its table in GBK", openMariadb] as const] : []),
];

/** Also one whose times lie outside of every zone. */
export const TIMED_SIDES: readonly NamedSide[] = [
  ...SIDES,
  ["PostgreSQL, its times without a zone", () => openPostgresql("timestamp(6)")],
];

async function openPostgresql(time: string): Promise<Side> {
  const database = await createTestDatabase();
  const options = { connectionsMax: 2, applicationName: "other-side", timeZone: "Asia/Shanghai" };
  const sql = connect({ url: database.url, ...options });
  const run = async (statement: string) => void (await sql.unsafe(statement));
  return {
    dialect: "postgresql",
    url: database.url,
    run,
    async makeTable(types = {}) {
      await run('DROP TABLE IF EXISTS "学时上报"');
      await run(tableOf({ time, ...types }, { date: "timestamp", moment: "timestamptz" }));
    },
    async lockTable() {
      const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const holding = sql.begin(async (tx) => {
        await tx.unsafe('LOCK TABLE "学时上报" IN ACCESS EXCLUSIVE MODE');
        onLocked();
        await released;
      });
      await locked;
      return async () => {
        release();
        await holding;
      };
    },
    async close() {
      await sql.end();
      await database.drop();
    },
  };
}

async function openMariadb(): Promise<Side> {
  const server = await startTestMariadb();
  if (server === null) throw new Error("mariadbd was there a moment ago");
  const connection = await createConnection({ uri: server.url, charset: "utf8mb4" });
  await connection.query("SET time_zone = '+08:00'");
  const run = async (statement: string) => void (await connection.query(statement.replaceAll('"', "`")));
  return {
    dialect: "mysql",
    url: server.url,
    run,
    async makeTable(types = {}) {
      await run('DROP TABLE IF EXISTS "学时上报"');
      const table = tableOf({ time: "datetime(6)", ...types }, { date: "datetime", moment: "datetime" });
      await run(`${table} CHARACTER SET gbk`);
    },
    async lockTable() {
      await run('LOCK TABLES "学时上报" WRITE');
      return () => run("UNLOCK TABLES");
    },
    async close() {
      await connection.end();
      await server.stop();
    },
  };
}

function tableOf(types: TableTypes, { date, moment }: { date: string; moment: string }): string {
  const { id = "bigint", time, mark = "int", pending = "0" } = types;
  return `CREATE TABLE "学时上报" ("编号" ${id}, "身份证号" varchar(40), "姓名" varchar(40), "课程" varchar(6000),
    "学时" decimal(6,2), "科目" varchar(20), "状态" int, "完成日期" ${date}, "更新时间" ${time},
    "已取" ${mark} DEFAULT ${pending}, "取走时间" ${moment})`;
}

/** Fills in one row. */
export function insert(
  id: number | string | null,
  time: string | number | null,
  changes: { hours?: string; title?: string } = {},
): string {
  const literal = (value: string | number | null) => (typeof value === "string" ? `'${value}'` : String(value));
  return `INSERT INTO "学时上报" ("编号", "身份证号", "姓名", "课程", "学时", "科目", "状态", "完成日期", "更新时间")
    VALUES (${literal(id)}, '330899198003070011', '王伟', '${changes.title ?? "测绘新技术"}', ${changes.hours ?? "1.50"},
    '103', 3, '2020-03-02 09:30:00', ${literal(time)})`;
}

/** A platform that reads the table, with pages of two rows. */
export function county(side: Side, read: SqlConnection["read"], settings: object = {}): Platform {
  return definePlatform({
    name: "example-county",
    title: { zh: "某县", en: "A county" },
    connection: {
      ...{ transport: "sql", dialect: side.dialect, schema: null, table: "学时上报", columns: COLUMNS },
      ...{ dateColumns: ["完成日期"], read, rowsPerPage: 2, pagesMax: 50, statementTimeoutMs: 30_000, ...settings },
    },
    mapping: {
      fields: {
        ...{ recordId: "编号", idNumber: "身份证号", name: "姓名", title: "课程", hours: "学时", subjectCode: "科目" },
        ...{ status: "状态", obtainedOn: "完成日期", updateTime: "更新时间", provider: null, studiedFrom: null },
        ...{ studiedUntil: null, attributedYear: null, pathway: null, assessedOn: null },
      },
      otherFields: [],
      ...{ updateTimeForm: "text", attributedYearSent: "optional", statuses: { "3": "final" } },
      ...{ withdrawnFlag: null, totalRow: null },
    },
    subjects: { catalogueClasses: null, codes: { "103": "professional" }, acceptsNames: false },
    schedule: { cron: "0 * * * *", timeZone: "Asia/Shanghai" },
    expectations: { maxAgeHours: 48 },
  });
}

export interface CountyPull {
  readonly pages: readonly PulledPage[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly ids: readonly unknown[];
  readonly end: PullEnd | null;
  /** The cursor behind the last page; the one the pull began with when there was none. */
  readonly cursor: unknown;
  /** Tells the other side that all pages are stored, when the pull is long over. */
  acknowledge(): Promise<void>;
}

export interface CountyPullOptions {
  readonly cursor?: unknown;
  readonly context?: TestContext;
  readonly url?: string;
  /** What happens after each page. */
  readonly afterPage?: (page: PulledPage, index: number) => Promise<void>;
}

export async function pullCounty(side: Side, platform: Platform, options: CountyPullOptions = {}): Promise<CountyPull> {
  const { cursor = null, context = createTestContext(), url = side.url, afterPage } = options;
  const pages: PulledPage[] = [];
  let end: PullEnd | null = null;
  for await (const event of pullStagingTable(platform, url, cursor, context)) {
    if (event.kind === "end") end = event;
    else {
      pages.push(event);
      await afterPage?.(event, pages.length - 1);
    }
  }
  const rows = pages.flatMap((page) => page.rows) as Record<string, unknown>[];
  return {
    pages,
    rows,
    ids: rows.map((row) => row.编号),
    end,
    cursor: pages.at(-1)?.cursorAfter ?? cursor,
    async acknowledge() {
      for (const page of pages) await page.acknowledge?.();
    },
  };
}
