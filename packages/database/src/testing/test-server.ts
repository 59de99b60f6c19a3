import { startTestPostgres } from "@xueshi/runtime/testing";

/** Where the test databases of this process are made. */
export interface TestServer {
  /** Connects as a superuser or another user that may create databases and roles. */
  readonly url: string;
  release(): Promise<void>;
}

/** Set for the workers of a run whose main process has started the server (`vitest-server.ts`). */
export const SHARED_SERVER_VARIABLE = "XUESHI_TEST_SERVER_URL";

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
  const given = process.env.DATABASE_URL ?? process.env[SHARED_SERVER_VARIABLE];
  if (given !== undefined && given !== "") return { url: given, release: async () => {} };
  running ??= startTestServer();
  users += 1;
  const { url } = await running;
  return { url, release: releaseOwn };
}

/** Starts an ephemeral server of the chosen version. */
export async function startTestServer(): Promise<RunningServer> {
  const wanted = process.env.XUESHI_TEST_POSTGRES ?? "18";
  if (wanted !== "15" && wanted !== "18") throw new Error("XUESHI_TEST_POSTGRES must be 15 or 18.");
  const server = await startTestPostgres({ major: wanted === "15" ? 15 : 18, databaseName: "xueshi_test_home" });
  if (server === null) {
    throw new Error(`This machine has no PostgreSQL ${wanted}: install it, or unset XUESHI_TEST_POSTGRES.`);
  }
  return server;
}

async function releaseOwn(): Promise<void> {
  users -= 1;
  if (users > 0 || running === null) return;
  const ending = running;
  running = null;
  await (await ending).stop();
}
