import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type CityRow,
  cityRow,
  smallCity,
} from "../../services/ingestion-worker/src/acquisition/testing/city-listing.ts";
import { startCityServer } from "../../services/ingestion-worker/src/acquisition/testing/city-server.ts";
import { answerReconciliation } from "../../services/ingestion-worker/src/acquisition/testing/reconciling-city.ts";
import { runReconciliation } from "../../services/ingestion-worker/src/admission/reconciliation/run-reconciliation.ts";
import {
  openTestIngestion,
  type TestIngestion,
} from "../../services/ingestion-worker/src/admission/testing/test-ingestion.ts";
import { checkProperty } from "./check-property.ts";

const DAY = 86_400;
const DAYS = 5;
/** Behind every day that is compared: what a back-fill reads behind the cursor is not due. */
const ANCHOR = cityRow("ANCHOR", 30 * DAY);
const RANGE = { from: "2020-01-01", until: "2020-01-20" };
const signal = new AbortController().signal;
let ingestion: TestIngestion;
let worlds = 0;

beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());

/** One row: which record, when it was changed, and what it says; some are refused here. */
const row = fc
  .record({
    id: fc.integer({ min: 0, max: 7 }),
    day: fc.integer({ min: 0, max: DAYS - 1 }),
    // Few times, so that versions of one record share them, at the edges of the day.
    second: fc.constantFrom(0, 1, DAY - 1),
    credit: fc.constantFrom<string | number>(8, 1.5, "4.50", "0", "8.555"),
    status: fc.constantFrom(1, 3, 9, 7),
    idCard: fc.constantFrom("330899198101270340", "330899198101270341"),
  })
  .map(({ id, day, second, credit, status, idCard }) =>
    cityRow(`R${id}`, day * DAY + second, { Credit: credit, Status: status, IdCard: idCard }),
  );

/** What is done to a platform's rows after they were pulled. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("lose" as const), id: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("add" as const), row }),
  fc.record({ kind: fc.constant("replace" as const), row }),
  fc.record({ kind: fc.constant("touch" as const), id: fc.integer({ min: 0, max: 7 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function changed(rows: readonly CityRow[], changes: readonly Change[]): CityRow[] {
  let now = [...rows];
  for (const one of changes) {
    if (one.kind === "lose") now = now.filter(({ Id }) => Id !== `R${one.id}`);
    else if (one.kind === "add") now.push(one.row);
    else if (one.kind === "replace") now = [...now.filter(({ Id }) => Id !== one.row.Id), one.row];
    else {
      const [touched] = now.filter(({ Id }) => Id === `R${one.id}`).slice(-1);
      now = now.filter(({ Id }) => Id !== `R${one.id}`);
      // Later than the day of the last pull began: not due.
      if (touched !== undefined) now.push({ ...touched, UpdateTime: "2099-01-01 00:00:00" });
    }
  }
  return now;
}

const saying = ({ Credit, Status }: CityRow) => {
  const credit = String(Credit);
  const hours = Status === 9 ? 0 : /^\d+(\.\d\d?)?$/.test(credit) ? Number(credit) : "?";
  return JSON.stringify([hours, { 1: "p", 2: "p", 3: "f", 9: "w" }[Number(Status)] ?? "?"]);
};
const newestOf = (rows: readonly CityRow[], id: string) => {
  const own = rows.filter(({ Id }) => Id === id);
  const last = own
    .map(({ UpdateTime }) => UpdateTime)
    .toSorted()
    .at(-1);
  return own.filter(({ UpdateTime }) => UpdateTime === last);
};

/** What a reader of the protocol's page would list, and the days that a re-pull can mend. */
function expectedOf(arrived: readonly CityRow[], listed: readonly CityRow[]) {
  const names = new Set([...arrived, ...listed].map(({ Id }) => Id));
  const found: string[] = [];
  const days = new Set<string>();
  for (const id of names) {
    const here = newestOf(arrived, id);
    const there = newestOf(listed, id).at(-1);
    if ((there?.UpdateTime ?? "") > "2020-01-21" || (here[0]?.UpdateTime ?? "") > "2020-01-21") continue;
    const isSame = here.some((one) => one.UpdateTime === there?.UpdateTime && saying(one) === saying(there));
    if (isSame) continue;
    const day = (there ?? here[0])?.UpdateTime.slice(0, 10) ?? "";
    found.push(
      `${id} ${there === undefined ? "missing_there" : here.length === 0 ? "missing_here" : "differs"} ${day}`,
    );
    if (there !== undefined && (here[0]?.UpdateTime ?? "") <= there.UpdateTime) days.add(day);
  }
  return { found: found.toSorted(), days };
}

async function openWorld(rows: readonly CityRow[]) {
  worlds += 1;
  ingestion.state.nowMs += DAY * 1_000;
  const city = smallCity({ rowsPerPage: 4, overlapSeconds: 0 }, { catalogue: null });
  const platform = { ...city.platform, name: `property-${worlds}` };
  const server = await startCityServer(city, rows, (request, listing) => answerReconciliation(request, listing));
  ingestion.use([platform], server.url);
  await ingestion.pull(platform);
  const listedOf = async (id: string) => {
    const { json } = await ingestion.call("GET", `/v1/reconciliations/${id}/differences?limit=1000`);
    const { differences } = json as { differences: { recordId: string; kind: string; day: string }[] };
    return differences.map(({ recordId, kind, day }) => `${recordId} ${kind} ${day}`).toSorted();
  };
  return {
    server,
    async reconcile() {
      const started = await ingestion.call("POST", "/v1/reconciliations", { platform: platform.name, ...RANGE });
      const { reconciliationId } = started.json as { reconciliationId: string };
      return this.goOn(reconciliationId);
    },
    async goOn(id: string) {
      await runReconciliation(ingestion.context, id, signal);
      const { json } = await ingestion.call("GET", `/v1/reconciliations/${id}`);
      const run = json as {
        state: string;
        repairable: boolean;
        days: { here: object; there: object; state: string }[];
      };
      return { id, ...run, found: await listedOf(id) };
    },
    async repair(id: string) {
      expect((await ingestion.call("POST", `/v1/reconciliations/${id}/repair`)).status).toBe(202);
      await ingestion.run(platform);
      return this.goOn(id);
    },
  };
}

it("lists exactly what the two sides do not say alike, and a repair leaves what reading again cannot mend", async () => {
  const seen = { closed: 0, different: 0, repaired: 0, remaining: 0 };
  const rows = fc.array(row, { minLength: 4, maxLength: 24 });
  const changes = fc.array(change, { maxLength: 6 });
  const property = fc.asyncProperty(rows, changes, async (before, done) => {
    const arrived = [...before, ANCHOR];
    const world = await openWorld(arrived);
    const now = changed(before, done);
    const pulled = world.server.listing.rows;
    world.server.listing.remove(() => true);
    world.server.listing.append([...now, ANCHOR]);
    const listed = world.server.listing.rows;
    const expected = expectedOf(pulled, listed);
    const run = await world.reconcile();
    expect(run.found).toEqual(expected.found);
    expect([run.state, run.repairable]).toEqual([
      ...[expected.found.length === 0 ? "closed" : "different", expected.days.size > 0],
    ]);
    seen[run.state === "closed" ? "closed" : "different"] += 1;
    if (!run.repairable) return;
    const readAgain = listed.filter(({ UpdateTime }) => expected.days.has(UpdateTime.slice(0, 10)));
    const left = expectedOf([...pulled, ...readAgain], listed);
    const repaired = await world.repair(run.id);
    expect(repaired.found).toEqual(left.found);
    expect(repaired.state).toBe(left.found.length === 0 ? "closed" : "different");
    seen[repaired.state === "closed" ? "repaired" : "remaining"] += 1;
    if (repaired.state === "closed") for (const { here, there } of repaired.days) expect(here).toEqual(there);
  });
  await checkProperty(property, 14);
  // Sides that differ are what it is about; the others come along.
  expect(seen.different, JSON.stringify(seen)).toBeGreaterThan(0);
});
