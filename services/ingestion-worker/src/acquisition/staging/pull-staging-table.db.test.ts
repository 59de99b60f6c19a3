import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext } from "../testing/test-context.ts";
import { openMysqlStaging } from "./open-mysql-staging.ts";
import { openPostgresqlStaging } from "./open-postgresql-staging.ts";
import { type StagingDatabase, StagingFault } from "./staging-database.ts";
import { BY_MARK, BY_TIME, county, insert, pullCounty, SIDES, type Side } from "./testing/staged-county.ts";

const TIME = "2020-03-03 08:00:00";

describe.each(SIDES)("a staging table in %s", (_name, open) => {
  let side: Side;
  const openSession = (readOnly: boolean): StagingDatabase => {
    const opened = side.dialect === "mysql" ? openMysqlStaging : openPostgresqlStaging;
    return opened({ url: side.url, statementTimeoutMs: 30_000, readOnly, signal: null });
  };
  const quoted = (statement: string) => (side.dialect === "mysql" ? statement.replaceAll('"', "`") : statement);

  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side?.close());
  beforeEach(async () => {
    await side.makeTable();
    await side.run(insert(1, TIME));
  });

  it.each<[string, string]>([
    ["the table is gone", 'DROP TABLE "学时上报"'],
    ["a column is gone", 'ALTER TABLE "学时上报" DROP COLUMN "科目"'],
    ["the column of the update time is gone", 'ALTER TABLE "学时上报" DROP COLUMN "更新时间"'],
  ])("fails when %s, and says so", async (_what, statement) => {
    await side.run(statement);
    const { end } = await pullCounty(side, county(side, BY_TIME));
    expect(end).toMatchObject({ outcome: "failed", reason: "schema_drift" });
  });

  it("fails when nobody is there, or the login is refused, and logs neither an address nor a secret", async () => {
    const context = createTestContext();
    const nowhere = new URL(side.url);
    nowhere.port = "1";
    const platform = county(side, BY_TIME);
    const { end } = await pullCounty(side, platform, { url: nowhere.href, context });
    expect(end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
    const nobody = new URL(side.url);
    nobody.username = "nobody-here";
    nobody.password = "a-wrong-password";
    const refused = await pullCounty(side, platform, { url: nobody.href, context });
    expect(refused.end).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/login_refused/) });
    const unreadable = side.url.replace(/\/\/[^@]*@/, "//nobody-here:%ecpassword@");
    const unread = await pullCounty(side, platform, { url: unreadable, context });
    expect(unread.end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
    expect(context.warnings).toHaveLength(3);
    expect(JSON.stringify(context.warnings)).not.toMatch(/127\.0\.0\.1|nobody-here|password/);
  });

  it("does not wait for ever for a table that somebody holds", async () => {
    const release = await side.lockTable();
    try {
      const { end } = await pullCounty(side, county(side, BY_TIME, { statementTimeoutMs: 300 }));
      expect(end).toMatchObject({ outcome: "failed", reason: "timeout" });
    } finally {
      await release();
    }
  });

  it("stops waiting when the process shuts down", async () => {
    const release = await side.lockTable();
    try {
      const stop = new AbortController();
      const pulled = pullCounty(side, county(side, BY_TIME), { context: createTestContext(stop.signal) });
      stop.abort();
      expect((await pulled).end).toMatchObject({ outcome: "failed", reason: "aborted" });
    } finally {
      await release();
    }
  });

  it("counts and reads in one snapshot: what is written in between is in neither", async () => {
    const session = openSession(true);
    try {
      const count = quoted('SELECT count(*) AS "count" FROM "学时上报"');
      const counts = await session.snapshot(async (inside) => {
        const before = await inside.query(count, []);
        await side.run(insert(2, TIME));
        return [before, await inside.query(count, [])].map(([row]) => Number(row?.count));
      });
      expect(counts).toEqual([1, 1]);
      const [after] = await session.query(count, []);
      expect(Number(after?.count)).toBe(2);
    } finally {
      await session.close();
    }
  });

  it("reads over a session that may not write, and marks over one that may", async () => {
    const remove = quoted('DELETE FROM "学时上报"');
    for (const readOnly of [true, false]) {
      const session = openSession(readOnly);
      try {
        const removed = session.query(remove, []);
        if (readOnly) await expect(removed).rejects.toBeInstanceOf(StagingFault);
        else await removed;
      } finally {
        await session.close();
      }
      const left = await pullCounty(side, county(side, BY_MARK));
      expect(left.ids).toHaveLength(readOnly ? 1 : 0);
    }
  });

  it("takes back what a transaction wrote when it cannot end", async () => {
    const session = openSession(false);
    try {
      const work = session.transaction(async (inside) => {
        await inside.query(quoted('DELETE FROM "学时上报"'), []);
        await inside.query(quoted('DELETE FROM "没有这张表"'), []);
      });
      await expect(work).rejects.toMatchObject({ reason: "schema_drift" });
    } finally {
      await session.close();
    }
    expect((await pullCounty(side, county(side, BY_MARK))).ids).toEqual(["1"]);
  });
});
