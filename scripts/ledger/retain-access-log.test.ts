import {
  connect,
  readAccessRemovals,
  readAccessRows,
  readBrokenGuards,
  removeAccess,
  type Sql,
  writeAccessRows,
} from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { afterAll, beforeEach, expect, test } from "vitest";
import { retainAccessLog } from "./retain-access-log.ts";

const DAY_MS = 86_400_000;
const DAYS = 365;
const PEOPLE = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
const newId = createUuidV7(systemClock);

let database: TestDatabase;
let owner: Sql;

beforeEach(async () => {
  await release();
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test-retain" });
  // One day older than what is kept, and one day younger, of each.
  const rows = PEOPLE.flatMap((practitionerId) =>
    [DAYS + 1, DAYS - 1].map((days) => ({
      ...{ practitionerId, accessedAtMs: systemClock() - days * DAY_MS, accessId: newId(), keyId: newId() },
      ...{ purpose: days > DAYS ? "older" : "younger", requestId: "r" },
    })),
  );
  await writeAccessRows(owner, rows);
});

afterAll(release);

async function release(): Promise<void> {
  await owner?.end({ timeout: 5 });
  await database?.drop();
}

async function retain(url: string, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const context = {
    ...{ language: "en" as const, env: {}, cwd: "/", print, warn: print },
    paint: (_: unknown, text: string) => text,
  };
  const code = await retainAccessLog.run(["--database-url", url, ...args], context);
  return { code, lines };
}

async function purposesLeft(): Promise<string[]> {
  const rows = await Promise.all(PEOPLE.map((person) => readAccessRows(owner, person, 10)));
  return rows.flat().map(({ purpose }) => purpose);
}

test("rows that are older than what is kept go, the others stay, and who removed them up to when is stated", async () => {
  const startedAtMs = systemClock();
  expect(await retain(database.url, "--days", `${DAYS}`, "--removed-by", "archivist")).toMatchObject({ code: 0 });
  expect(await purposesLeft()).toEqual(["younger", "younger"]);
  const [removal, ...more] = await readAccessRemovals(owner);
  expect(more).toEqual([]);
  expect(removal?.actor).toBe("archivist");
  expect(removal?.accessedBeforeMs).toBe((removal?.removedAtMs ?? 0) - DAYS * DAY_MS);
  expect(removal?.removedAtMs).toBeGreaterThanOrEqual(startedAtMs);
});

test("it makes no difference in how many transactions they go", async () => {
  const accessedBeforeMs = systemClock() - DAYS * DAY_MS;
  const steps: number[] = [];
  const removal = { removalId: newId(), removedAtMs: systemClock(), accessedBeforeMs, actor: "test" };
  await removeAccess(owner, removal, (removed) => steps.push(removed), 1);
  // Nobody is left for the last one.
  expect(steps).toEqual([1, 1, 0]);
  expect(await purposesLeft()).toEqual(["younger", "younger"]);
});

test("afterwards the log can be changed by nobody, as before", async () => {
  await retain(database.url, "--days", `${DAYS}`);
  await expect(owner`DELETE FROM verdict.access_log`).rejects.toThrow("append-only");
  expect(await readBrokenGuards(owner)).toEqual([]);
});

test("a dry run counts, removes nothing and states nothing", async () => {
  const { lines } = await retain(database.url, "--days", `${DAYS}`, "--dry-run");
  expect(lines.join()).toContain("2 rows to be removed");
  expect(await purposesLeft()).toHaveLength(4);
  expect(await readAccessRemovals(owner)).toEqual([]);
});

test("without a number of days everything is kept", async () => {
  expect((await retain(database.url)).lines).toEqual(["All of the access log is kept."]);
  expect(await purposesLeft()).toHaveLength(4);
});

test("less than the six months of the law is refused", async () => {
  await expect(retain(database.url, "--days", "183")).rejects.toThrow("six months");
  expect(await purposesLeft()).toHaveLength(4);
});

test("a service's login cannot remove anything by it", async () => {
  await expect(retain(await database.urlAs("query"), "--days", `${DAYS}`)).rejects.toThrow("superuser");
  expect(await purposesLeft()).toHaveLength(4);
  expect(await readAccessRemovals(owner)).toEqual([]);
});
