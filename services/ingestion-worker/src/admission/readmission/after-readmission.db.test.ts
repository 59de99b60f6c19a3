import { readReadmission, summariseRows } from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CityRow, cityRow, smallCity } from "../../acquisition/testing/city-listing.ts";
import { startCityServer } from "../../acquisition/testing/city-server.ts";
import { answerReconciliation } from "../../acquisition/testing/reconciling-city.ts";
import { runReconciliation } from "../reconciliation/run-reconciliation.ts";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { requestReadmission } from "./request-readmission.ts";
import { runReadmission } from "./run-readmission.ts";

const DAY_MS = 86_400_000;
const never = new AbortController().signal;
let ingestion: TestIngestion;
let tests = 0;
beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());
beforeEach(() => {
  tests += 1;
  ingestion.state.nowMs += DAY_MS;
});

/** Each record in a transaction of its own. */
const ONE_BY_ONE = { rowsPerPart: 20, recordsPerGroup: 1 };

type Fields = Partial<Platform["mapping"]["fields"]>;
const rows = (count: number): CityRow[] =>
  Array.from({ length: count }, (_, nth) => cityRow(`A${String(nth).padStart(2, "0")}`, nth * 600));

/** A platform that is pulled by a wrong mapping until it is mended. */
async function openCity(wrongFields: Fields, listed: readonly CityRow[]) {
  const paging = { rowsPerPage: 8, overlapSeconds: 86_400, overlapSecondsMax: 86_400 };
  const city = smallCity(paging, { catalogue: null });
  const mended = { ...city.platform, name: `mended-${tests}` };
  const fields = { ...mended.mapping.fields, ...wrongFields };
  const wrong: Platform = { ...mended, mapping: { ...mended.mapping, fields } };
  const server = await startCityServer(city, listed, answerReconciliation);
  const pull = (platform: Platform) => {
    ingestion.use([platform], server.url);
    return ingestion.pull(platform);
  };
  const run = async (mode: "compare" | "apply", days: { from?: string }) => {
    ingestion.use([mended], server.url);
    const said = { source: mended.name, mode, reason: "mended", actor: "operator-1", idempotencyKey: null, ...days };
    const asked = { ...said, receivedAtMs: ingestion.context.clock() } as never;
    const { readmissionId } = (await requestReadmission(ingestion.context, asked)).row;
    expect(await runReadmission(ingestion.context, readmissionId, never, ONE_BY_ONE)).toBe("ended");
    return (await readReadmission(ingestion.context.sql, readmissionId))?.progress.sums ?? {};
  };
  return {
    server,
    source: mended.name,
    pullWrong: () => pull(wrong),
    pullMended: () => pull(mended),
    async readmit(days: { from?: string } = {}): Promise<Record<string, number>> {
      await run("compare", days);
      return run("apply", days);
    },
  };
}

const WRONG: readonly (readonly [string, Fields, number])[] = [
  ["other ids of records", { recordId: "Name" }, 12],
  ["refused rows", { idNumber: "Name" }, 12],
  ["other update times", { updateTime: "CreditTime" }, 0],
];

describe("after a re-admission of", () => {
  it.each(WRONG)("%s what no page says any more is neither counted nor waited for", async (_name, fields) => {
    const city = await openCity(fields, rows(12));
    await city.pullWrong();
    expect((await city.readmit()).records).toBeGreaterThan(0);
    const summary = await summariseRows(ingestion.context.sql);
    expect(Object.fromEntries(summary.get(city.source) ?? [])).toEqual({ accepted: 12 });
    expect(await city.pullMended()).toMatchObject({ state: "complete", findings: [] });
    ingestion.state.nowMs += DAY_MS;
    expect(await city.pullMended()).toMatchObject({ state: "complete", findings: [] });
    const days = { from: "2019-12-01", until: "2020-01-31" };
    const asked = await ingestion.call("POST", "/v1/reconciliations", { platform: city.source, ...days });
    const { reconciliationId } = asked.json as { reconciliationId: string };
    await runReconciliation(ingestion.context, reconciliationId, never);
    const { json } = await ingestion.call("GET", `/v1/reconciliations/${reconciliationId}`);
    expect(json).toMatchObject({ state: "closed", proof: { basis: "agreed" } });
    const total = { from: "2020-01-01", until: "2020-01-01", records: 12, hours: 96 };
    const stated = await ingestion.call("POST", "/v1/reconciliations", { platform: city.source, totals: [total] });
    const { reconciliationId: totalsId } = stated.json as { reconciliationId: string };
    await runReconciliation(ingestion.context, totalsId, never);
    const report = (await ingestion.call("GET", `/v1/reconciliations/${totalsId}`)).json;
    expect(report).toMatchObject({ state: "closed", totals: [{ explainedBy: [] }] });
  });
});

it("a re-admission of some days keeps nobody whom only rows of other days name", async () => {
  const other = { IdCard: "330899197312100005", RealName: "邓国刚" };
  const city = await openCity({ idNumber: "Name" }, [cityRow("P1", 100, other)]);
  await city.pullWrong();
  ingestion.state.nowMs += 2 * DAY_MS;
  city.server.listing.append([cityRow("P2", 200)]);
  await city.pullWrong();
  const people = async () => (await ingestion.owner`SELECT practitioner_id FROM admission.identity`).length;
  const before = await people();
  const sums = await city.readmit({ from: localDateAt(ingestion.context.clock()) });
  expect(sums).toMatchObject({ records: 1, added: 1 });
  const versions = await ingestion.owner`SELECT record_id FROM admission.version WHERE source = ${city.source}`;
  expect(versions).toMatchObject([{ record_id: "P2" }]);
  expect((await people()) - before).toBe(0);
  await city.readmit();
  expect((await people()) - before).toBe(1);
});

it("whose name came first is settled by all the names that were said at once, whichever record was read anew last", async () => {
  const named = (RealName: string, OrgName: string) => ({ IdCard: "330899198109060006", RealName, OrgName });
  const later = ["B1", "B2", "B3", "B4", "B5"].map((id, nth) =>
    cityRow(id, 600 * (nth + 1), named("王欣敏", "2019-12-31 12:00:00")),
  );
  const city = await openCity({ updateTime: "OrgName" }, [
    cityRow("A4", 0, named("孙误写", "2019-12-31 10:00:00")),
    cityRow("A4", 0, named("周某某", "2019-12-31 11:00:00")),
    ...later,
  ]);
  expect(await city.pullWrong()).toMatchObject({ state: "complete" });
  const known = async () => {
    const [row] = await ingestion.owner<{ practitionerId: string; wrappedKey: Buffer; sealed: Buffer }[]>`
      SELECT identity.practitioner_id AS "practitionerId", wrapped_key AS "wrappedKey", sealed
      FROM admission.identity JOIN admission.version USING (practitioner_id)
      WHERE version.source = ${city.source} LIMIT 1`;
    if (row === undefined) throw new Error("somebody is known");
    return ingestion.context.vault.openPerson(row).name;
  };
  expect(await known()).toBe("孙误写");
  await city.readmit();
  expect(await known()).toBe("周某某");
});
