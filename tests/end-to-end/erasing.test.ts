import { spawn } from "node:child_process";
import { join } from "node:path";
import { connect, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { startQueryApi } from "@xueshi/query-api";
import { createLogger, createUuidV7, systemClock } from "@xueshi/runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answered, ID, NAME, type OpenServices, openServices, pushedRecord } from "./open-services.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { waitFor } from "./wait-for.ts";

// Somebody is erased while the product runs, and its ingestion worker is ended in the middle.

const ROOT = join(import.meta.dirname, "../..");
const OTHER = { idType: "resident-id", idNumber: "330899199001010036", name: "张伟" };
const PERSON = { idType: "resident-id", idNumber: ID };
const NAMED = new RegExp(`${ID}|${NAME}`);
const folder = makeTemporaryFolder();
let services: OpenServices;
let query: Awaited<ReturnType<typeof startQueryApi>>;
let away: TestDatabase;

beforeAll(async () => {
  services = await openServices({ sweepEveryMs: 200 });
  away = await createTestDatabase();
  query = await startQueryApi({
    ...{ databaseUrl: await services.urlAs("query"), keys: services.vaultKeys, host: "127.0.0.1", port: 0 },
    ...{ clock: systemClock, newId: createUuidV7(systemClock), accessLog: "sync" },
    logger: createLogger({ service: "test", clock: systemClock, write: () => undefined }),
  });
});
afterAll(async () => {
  await query?.close();
  await services?.close();
  await away?.drop();
  folder.remove();
});

const operate = (method: string, path: string, body?: unknown, by = "operator"): Promise<Answered> =>
  services.call(services.ingestionUrl, method, path, by, body, { "Accept-Language": "en" });

function ask(more: object = {}): Promise<Answered> {
  const declaration = { place: "quzhou", year: 2020, kind: "review", level: "intermediate", series: "economics" };
  const body = {
    practitioner: { ...PERSON, name: NAME },
    declaration: { ...declaration, education: "bachelor" },
    ...more,
  };
  return services.call(query.url, "POST", "/v1/checks", "declarations", body);
}

/** Every column of every table, with all that is sealed opened. */
async function everything(sql: Sql): Promise<string> {
  const texts: string[] = [];
  const tables = await sql<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ text: string }[]>(`SELECT row_to_json(line)::text AS text FROM ${name} AS line`);
    texts.push(...rows.map(({ text }) => text));
  }
  const sealed = async (table: string) =>
    sql.unsafe<{ wrappedKey: Buffer; sealed: Buffer }[]>(
      `SELECT wrapped_key AS "wrappedKey", sealed FROM ${table} WHERE octet_length(sealed) > 0`,
    );
  for (const table of ["acquisition.raw_page", "acquisition.upload_part"]) {
    texts.push(...(await sealed(table)).map((row) => services.vault.openPage(row).toString("utf8")));
  }
  texts.push(...(await sealed("admission.identity")).map((row) => JSON.stringify(services.vault.openPerson(row))));
  return texts.join("\n");
}

function ledger(
  args: readonly string[],
  databaseUrl: string,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const keys = { XUESHI_INDEX_KEY: Buffer.from(services.vaultKeys.indexKey).toString("hex") };
  const env = { ...process.env, XUESHI_DATA_DIR: folder.at("data"), ...keys, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [join(ROOT, "scripts/ledger/main.ts"), ...args], { cwd: ROOT, env });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const textOf = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout: textOf(stdout), stderr: textOf(stderr) }));
  });
}

async function verified(databaseUrl: string) {
  const { status, stdout, stderr } = await ledger(["verify", "--full", "--json"], databaseUrl);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const everythingPosted = () =>
  waitFor("everything to be posted", async () => {
    return (await services.owner`SELECT FROM acquisition.batch WHERE posted_at IS NULL`).length === 0;
  });

let verdictId = "";

it("a person comes by pushes, has hours, and a verdict is kept", async () => {
  for (const recordId of ["r-1", "r-2", "r-3"]) {
    const others = { practitioner: OTHER };
    const { status } = await services.push([pushedRecord(recordId), pushedRecord(`${recordId}-o`, others)]);
    expect(status).toBe(202);
  }
  await services.push([pushedRecord("r-4", { hours: "八" }), pushedRecord("r-1", { title: "改名" })]);
  await everythingPosted();
  const { json } = await ask({ keep: true });
  verdictId = json.verdictId;
  expect(json.reasons.map(({ code }: { code: string }) => code)).not.toContain("erased");
  expect(await everything(services.owner)).toMatch(NAMED);
  expect(await verified(services.ownerUrl)).toMatchObject({ sound: true, erased: 0, verdicts: 1 });
});

it("two operators erase the person, and the job goes on in another process", async () => {
  const said = { reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" };
  const proposed = await operate("POST", "/v1/erasures", { practitioner: PERSON, ...said });
  expect([proposed.status, proposed.json]).toMatchObject([
    201,
    { needsSecondHolder: true, preview: { people: 1, named: [] } },
  ]);
  const { erasureId } = proposed.json;
  const apply = (by: string) => operate("POST", `/v1/erasures/${erasureId}/apply`, { practitioner: PERSON }, by);
  expect((await apply("operator")).json.code).toBe("second_holder_required");
  expect((await apply("second-operator")).status).toBe(202);
  await services.restartIngestion();
  const done = await waitFor("the erasure to be done", async () => {
    const { json } = await operate("GET", `/v1/erasures/${erasureId}`);
    return json.state === "done" ? json : null;
  });
  expect(done).toMatchObject({ decidedBy: "second-operator", done: { pagesRead: 4, rowsErased: 5 } });
  await everythingPosted();
});

it("neither the id nor the name is anywhere in the database any more, others are, and nothing was logged", async () => {
  const left = await everything(services.owner);
  expect(left).not.toMatch(NAMED);
  expect(left).toContain(OTHER.idNumber);
  expect(services.logged.join("\n")).not.toMatch(NAMED);
});

it("the ledger verifies, kept verdicts among it, and says that somebody was erased", async () => {
  expect(await verified(services.ownerUrl)).toMatchObject({ sound: true, erased: 1, derived: "yes", verdicts: 1 });
});

it("what comes again is refused, and leaves nothing behind", async () => {
  const { json } = await services.push([
    pushedRecord("r-1"),
    pushedRecord("r-9"),
    pushedRecord("o-9", { practitioner: OTHER }),
  ]);
  expect(json.receipts).toMatchObject([
    { outcome: "refused", code: "erased" },
    { outcome: "refused", code: "erased" },
    { outcome: "accepted" },
  ]);
  await everythingPosted();
  expect(await everything(services.owner)).not.toMatch(NAMED);
});

it("a check is unknown, the kept verdict is gone and not replayed, and whoever asks is told why", async () => {
  const { status, json } = await ask();
  expect([status, json.verdict, json.reasons.map(({ code }: { code: string }) => code)]).toEqual([
    200,
    "unknown",
    ["erased"],
  ]);
  const get = (path: string) => services.call(query.url, "GET", path, "declarations");
  expect(await get(`/v1/verdicts/${verdictId}`)).toMatchObject({ status: 410, json: { code: "erased" } });
  expect((await get(`/v1/verdicts/${verdictId}/replay`)).json).toMatchObject({
    outcome: "not_replayable",
    code: "erased",
  });
  const practitionerId = services.vault.practitionerIdOf(ID as never);
  expect(await get(`/v1/practitioners/${practitionerId}/entries`)).toMatchObject({ status: 410 });
});

it("an export carries the tombstone, and an import brings nobody back, though the file does", async () => {
  const practitionerId = services.vault.practitionerIdOf(ID as never);
  // As a file from the middle of an erasure would have it.
  const { wrappedKey, sealed } = services.vault.sealPerson({ id: ID, name: NAME });
  await services.owner`
    UPDATE admission.identity SET wrapped_key = ${wrappedKey as Buffer}, sealed = ${sealed as Buffer}
    WHERE practitioner_id = ${practitionerId}`;
  const file = folder.at("ledger.ndjson");
  expect(await ledger(["export", "--out", file], services.ownerUrl)).toMatchObject({ status: 0 });
  expect(await ledger(["import", file], away.url)).toMatchObject({ status: 0 });
  const sql = connect({ url: away.url, connectionsMax: 1, applicationName: "test" });
  try {
    expect(await everything(sql)).not.toMatch(NAMED);
    expect(await sql`SELECT practitioner_id AS id FROM admission.tombstone`).toEqual([{ id: practitionerId }]);
  } finally {
    await sql.end();
  }
  expect(await verified(away.url)).toMatchObject({ sound: true, erased: 1 });
});
