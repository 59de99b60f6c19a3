import { startTestPostgres } from "@xueshi/runtime/testing";

/** Where the test databases of this process are made. */
export interface TestServer {
  /** Connects as a superuser or another user that may create databases and roles. */
  readonly url: string;
  /** How `CREATE DATABASE` copies a template. Copying files writes no log, and is quick where nothing is flushed. */
  readonly cloning: "" | "STRATEGY file_copy";
  release(): Promise<void>;
}

/** Major versions that tests run on. */
export type TestPostgres = "15" | "18";

/** Set for the workers of a run whose main process has started the server (`vitest-server.ts`). */
export function sharedServerVariable(version: TestPostgres): string {
  return version === "18" ? "XUESHI_TEST_SERVER_URL" : `XUESHI_TEST_SERVER_URL_${version}`;
}

interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

let running: Promise<RunningServer> | null = null;
let users = 0;

/**
 * The PostgreSQL for tests: `DATABASE_URL`, else the one that the whole run shares, else one of this process's own that
 * starts with the first user and stops with the last. XUESHI_TEST_POSTGRES chooses 15 or 18 (18 when absent).
 * Throws an Error when this machine has no server of that version.
 */
export async function acquireTestServer(): Promise<TestServer> {
  const version = wantedPostgres();
  const { DATABASE_URL: given, [sharedServerVariable(version)]: shared } = process.env;
  if (isSet(given)) return { url: given, cloning: "", release: async () => {} };
  if (isSet(shared)) return { url: shared, cloning: "STRATEGY file_copy", release: async () => {} };
  running ??= startTestServer(version);
  users += 1;
  const { url } = await running;
  return { url, cloning: "STRATEGY file_copy", release: releaseOwn };
}

/** Starts an ephemeral server. Throws an Error when this machine has none of that version. */
export async function startTestServer(version: TestPostgres): Promise<RunningServer> {
  const server = await startTestPostgres({ major: version === "15" ? 15 : 18, databaseName: "xueshi_test_home" });
  if (server === null) throw new Error(`This machine has no PostgreSQL ${version}: install it.`);
  return server;
}

/** A variable that is there and not empty. */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function wantedPostgres(): TestPostgres {
  const wanted = process.env.XUESHI_TEST_POSTGRES ?? "18";
  if (wanted !== "15" && wanted !== "18") throw new Error("XUESHI_TEST_POSTGRES must be 15 or 18.");
  return wanted;
}

async function releaseOwn(): Promise<void> {
  users -= 1;
  if (users > 0 || running === null) return;
  const ending = running;
  running = null;
  await (await ending).stop();
}
