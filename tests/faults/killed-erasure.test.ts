import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SCOPES_BY_KIND } from "@xueshi/contracts";
import { connect, type ErasureProgress, type Sql, writeApiKey } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { createApiKey } from "@xueshi/http";
import { grantQueue, migrateQueue } from "@xueshi/queue";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { createVault } from "@xueshi/vault";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../scripts/start/free-port.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { type KillableProcess, startKillable } from "./service-processes.ts";

const ROOT = join(import.meta.dirname, "../..");
const [PAGES, ROWS] = [300, 150];
const KILLS = 3;
/** Fictional people: area code 330899 is assigned to no county. */
const PERSON = { idType: "resident-id", idNumber: "330899197312100005", name: "邓国刚" };
const OTHER = { idType: "resident-id", idNumber: "330899199001010036", name: "张伟" };

const folder = makeTemporaryFolder();
const keys = { indexKey: randomBytes(32), masterKey: randomBytes(32) };
const vault = createVault(keys);
const newId = createUuidV7(systemClock);
let database: TestDatabase;
let owner: Sql;
let worker: KillableProcess;
let base = "";
const apiKeys: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateQueue(database.url);
  const url = await database.urlAs("ingestion");
  await grantQueue(database.url, [new URL(url).username]);
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  for (const [kind, name] of [
    ["source", "demo-training"],
    ["operator", "operator"],
  ] as const) {
    const { key, keyHash } = createApiKey(kind, randomBytes);
    const row = { keyId: newId(), keyDigest: keyHash, kind, name, scopes: SCOPES_BY_KIND[kind] };
    await writeApiKey(owner, { ...row, createdAtMs: systemClock() });
    apiKeys[name] = key;
  }
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  worker = startKillable({
    name: "ingestion-worker",
    args: [join(ROOT, "services/ingestion-worker/src/main.ts")],
    cwd: ROOT,
    env: {
      ...process.env,
      ...{ DATABASE_URL: url, INGESTION_WORKER_PORT: String(port), XUESHI_DATA_DIR: folder.at("data") },
      ...{ XUESHI_INDEX_KEY: keys.indexKey.toString("hex"), XUESHI_MASTER_KEY: keys.masterKey.toString("hex") },
      ...{ XUESHI_SCHEDULES: "off", XUESHI_FOUR_EYES: "none" },
    },
  });
  await waitFor("the worker", isReady);
});
afterAll(async () => {
  await worker?.stop();
  await owner?.end();
  await database?.drop();
  folder.remove();
});

const isReady = () =>
  fetch(`${base}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

async function call(method: string, path: string, key: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(base + path, {
    method,
    headers: { Authorization: `Bearer ${apiKeys[key]}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

const recordOf = (recordId: string, practitioner: object) => ({
  ...{ recordId, practitioner, title: `课程 ${recordId}`, hours: 8, subject: "professional", obtainedOn: "2020-03-02" },
});

/** Many pages, each with one row of the person, so that a job can be met in its middle. */
async function keepPages(): Promise<void> {
  for (let page = 0; page < PAGES; page += 1) {
    const rows = Array.from({ length: ROWS }, (_, at) => recordOf(`p-${page}-${at}`, at === 7 ? PERSON : OTHER));
    const { wrappedKey, sealed } = vault.sealPage(JSON.stringify(rows));
    const batchId = newId();
    await owner`
      INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys,
        practitioner_ids, posted_at)
      VALUES (${batchId}, 'demo-training', 'push', now(), ${ROWS}, '{}', '[]', '{}', '{}', now())`;
    await owner`
      INSERT INTO acquisition.raw_page (batch_id, wrapped_key, sealed, retain_until)
      VALUES (${batchId}, ${wrappedKey as Buffer}, ${sealed as Buffer}, '2099-01-01')`;
  }
}

async function readErasure(): Promise<{ state: string; progress: ErasureProgress }> {
  const [row] = await owner<
    { state: string; progress: ErasureProgress }[]
  >`SELECT state, progress FROM admission.erasure`;
  if (row === undefined) throw new Error("there is an erasure");
  return row;
}

it("an erasure whose process is killed again and again takes every row out once, and leaves nothing", async () => {
  await call("POST", "/v1/records", "demo-training", { records: [recordOf("r-1", PERSON), recordOf("r-2", OTHER)] });
  await keepPages();
  const { idType, idNumber } = PERSON;
  const practitioner = { idType, idNumber };
  const said = { reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" };
  const { erasureId } = await call("POST", "/v1/erasures", "operator", { practitioner, ...said });
  await call("POST", `/v1/erasures/${erasureId}/apply`, "operator", { practitioner });
  let [kills, reached] = [0, 0];
  while (kills < KILLS) {
    const { pagesRead } = await waitFor("the job to be further", async () => {
      const { state, progress } = await readErasure();
      if (state === "done") throw new Error(`it was done after ${kills} kills`);
      return progress.sums.pagesRead > reached ? progress.sums : null;
    });
    expect(await worker.killAndRestart()).toBe(true);
    reached = pagesRead;
    kills += 1;
  }
  const { progress } = await waitFor("the erasure to be done", async () => {
    const now = await readErasure();
    return now.state === "done" ? now : null;
  });
  expect(progress.sums).toMatchObject({ pagesRead: PAGES + 1, pagesRewritten: PAGES + 1, rowsErased: PAGES + 1 });
  const pages = await owner<{ wrappedKey: Buffer; sealed: Buffer }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.raw_page`;
  const left = pages.map((page) => vault.openPage(page).toString("utf8"));
  expect(left).toHaveLength(PAGES + 1);
  expect(left.filter((text) => text.includes(idNumber) || text.includes(PERSON.name))).toEqual([]);
  expect(left.every((text) => text.includes(OTHER.idNumber))).toBe(true);
  expect(worker.output()).not.toContain(idNumber);
});
