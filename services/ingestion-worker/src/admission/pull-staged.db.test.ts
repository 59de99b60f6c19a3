import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BY_MARK, BY_TIME, county, insert, SIDES, type Side } from "../acquisition/staging/testing/staged-county.ts";
import { openTestIngestion, type TestIngestion } from "./testing/test-ingestion.ts";

const TIME = "2020-03-03 08:00:00";

/** The engine as it runs: rows are read, stored, and only then marked. */
describe.each(SIDES)("a staging table in %s, pulled into the database", (_name, open) => {
  let side: Side;
  let ingestion: TestIngestion;
  const marked = () => county(side, BY_MARK);

  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side?.close());
  beforeEach(async () => {
    await side.makeTable();
    for (const id of [1, 2, 3]) await side.run(insert(id, TIME, { title: `课程 ${id}` }));
    ingestion = await openTestIngestion();
    ingestion.use([marked()], side.url);
    return () => ingestion.close();
  });

  const versions = async () => {
    const [row] = await ingestion.owner<{ n: number }[]>`SELECT count(*)::int AS n FROM admission.version`;
    return row?.n;
  };

  it("is marked when it is stored, so that a second pull brings nothing", async () => {
    expect(await ingestion.pull(marked())).toMatchObject({ state: "complete", rows: 3 });
    expect([await versions(), ingestion.warnings]).toEqual([3, []]);
    expect(await ingestion.pull(marked())).toMatchObject({ state: "complete", rows: 0 });
  });

  it("is read again when storing and marking were cut apart, which changes nothing", async () => {
    const withoutMark = {
      ...marked(),
      connection: { ...marked().connection, read: { ...BY_MARK, takenAtColumn: "没有" } },
    };
    const platform = withoutMark as ReturnType<typeof county>;
    ingestion.use([platform], side.url);
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 3 });
    expect(ingestion.warnings).toContain("stored rows could not be marked as taken; they will be read again");
    ingestion.use([marked()], side.url);
    expect(await ingestion.pull(marked())).toMatchObject({ state: "complete", rows: 3 });
    expect(await versions()).toBe(3);
    expect(await ingestion.pull(marked())).toMatchObject({ rows: 0 });
  });

  it("is not marked when it could not be stored", async () => {
    const { vault } = ingestion.context;
    const failing = {
      ...vault,
      sealPage: () => {
        throw new Error("the disk is full");
      },
    };
    Object.assign(ingestion.context, { vault: failing });
    expect(await ingestion.pull(marked())).toMatchObject({ state: "failed", error: { code: "internal_error" } });
    Object.assign(ingestion.context, { vault });
    expect(await ingestion.pull(marked())).toMatchObject({ state: "complete", rows: 3 });
    expect(await versions()).toBe(3);
  });

  it("learns how late rows come, where it is read by update time", async () => {
    const read = { ...BY_TIME, overlapSeconds: 60, overlapSecondsMax: 3_600 };
    const platform = county(side, read);
    ingestion.use([platform], side.url);
    await side.run(insert(4, "2020-03-03 09:00:00"));
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete", rows: 4 });
    await side.run(insert(5, "2020-03-03 08:40:00"));
    ingestion.state.nowMs += 86_400_000;
    expect(await ingestion.pull(platform)).toMatchObject({ state: "complete" });
    const late = await ingestion.owner`SELECT * FROM acquisition.lateness`;
    expect(late).toHaveLength(1);
    expect(await versions()).toBe(5);
  });
});
