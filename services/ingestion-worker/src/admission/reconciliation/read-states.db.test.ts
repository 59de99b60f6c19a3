import { MAIN_SLOT, recordKeyOf } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cityRow, smallCity } from "../../acquisition/testing/city-listing.ts";
import { startCityServer } from "../../acquisition/testing/city-server.ts";
import { answerReconciliation } from "../../acquisition/testing/reconciling-city.ts";
import { decideRows } from "../quarantine/decide-rows.ts";
import { openRawRow } from "../quarantine/open-raw-row.ts";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { runReconciliation } from "./run-reconciliation.ts";

const DENG = "330899197312100005";
const signal = new AbortController().signal;
let ingestion: TestIngestion;
beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(() => ingestion.close());

const keyOf = (source: string, recordId: string) => recordKeyOf(sha256Hex, source, recordId);

/** What the ledger would keep of a record. */
async function stand(source: string, recordId: string, practitionerId: string, state: string): Promise<void> {
  const slot = state === "held" ? "held-x" : MAIN_SLOT;
  await ingestion.owner`
    INSERT INTO projection.record_state (practitioner_id, record_key, slot, source, state, achievement_key, sequence)
    VALUES (${practitionerId}, ${keyOf(source, recordId)}, ${slot}, ${source}, ${state}, NULL, 1)`;
}

async function decide(recordId: string, kind: "correct" | "refuse"): Promise<void> {
  const { context, owner } = ingestion;
  const [row] = await owner<{ recordKey: string; updateTimeMs: number; contentDigest: string }[]>`
    SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest"
    FROM (SELECT record_key, record_id, update_time, content_digest FROM admission.refusal
      UNION ALL SELECT record_key, record_id, update_time, content_digest FROM admission.version) AS row
    WHERE record_id = ${recordId}`;
  if (row === undefined) throw new Error("there is such a row");
  const changes = { idNumber: DENG, name: "邓国刚" };
  const correction = kind === "correct" ? { changes, raw: await openRawRow(context, row) } : null;
  const said = { rows: [row], kind, reason: "looked at it", document: "certificate 1", actor: "operator-1" };
  const { outcomes } = await decideRows(context, { ...said, language: "en", correction });
  expect(outcomes).toMatchObject([{ outcome: "decided" }]);
}

async function run(body: object) {
  const { reconciliationId } = (await ingestion.call("POST", "/v1/reconciliations", body)).json as never;
  await runReconciliation(ingestion.context, reconciliationId, signal);
  const shown = (await ingestion.call("GET", `/v1/reconciliations/${reconciliationId}`)).json as { totals: unknown };
  const listed = await ingestion.call("GET", `/v1/reconciliations/${reconciliationId}/differences`);
  return { ...shown, differences: (listed.json as { differences: never[] }).differences };
}

it("a record is shown in the state in which it stands, in whoever's chain", async () => {
  const city = smallCity({ rowsPerPage: 8, overlapSeconds: 60 }, { catalogue: null });
  const { platform } = city;
  const source = platform.name;
  const server = await startCityServer(
    city,
    [
      cityRow("MERGED", 100),
      cityRow("HELD", 200, { RealName: "王芳" }),
      cityRow("CORRECTED", 300, { IdCard: "330899198101270341" }),
      cityRow("PUT-OUT", 400, { RealName: "王芳" }),
      cityRow("REFUSED", 500, { IdCard: "330899198101270341" }),
      cityRow("NEW", 600),
    ],
    answerReconciliation,
  );
  ingestion.use([platform], server.url);
  await ingestion.pull(platform);
  await decide("CORRECTED", "correct");
  await decide("PUT-OUT", "refuse");
  const { vault, newId } = ingestion.context;
  const [wrong, right] = [vault.practitionerIdOf("330899198101270340" as never), vault.practitionerIdOf(DENG as never)];
  await ingestion.owner`
    INSERT INTO admission.person_merge (practitioner_id, decided_at, decision_id, into_practitioner_id, reason, actor)
    VALUES (${wrong}, now(), ${newId()}, ${right}, 'one person', 'operator-1')`;
  await stand(source, "MERGED", right, "registered");
  await stand(source, "HELD", right, "held");
  await stand(source, "CORRECTED", right, "unclassified");

  const day = { from: "2020-01-01", until: "2020-01-01" };
  const report = await run({ platform: source, totals: [{ ...day, records: 6, hours: 48 }] });
  const one = { records: 1, hours: 8 };
  expect(report.totals).toMatchObject([
    { byState: { registered: one, held: one, unclassified: one, refused: { records: 2, hours: 16 }, pending: one } },
  ]);

  server.listing.remove(() => true);
  const { differences } = await run({ platform: source, ...day });
  const states = differences.map(({ recordId, here }: { recordId: string; here: { state: string | null } }) => {
    return `${recordId} ${here.state}`;
  });
  expect(states.sort()).toEqual([
    ...["CORRECTED unclassified", "HELD held", "MERGED registered", "NEW null", "PUT-OUT refused", "REFUSED refused"],
  ]);
});
