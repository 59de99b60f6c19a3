import { isSet, sharedServerVariable, startTestServer, type TestPostgres } from "./test-server.ts";

/**
 * A vitest `globalSetup`: one PostgreSQL for all workers of a run, which saves each test file the three seconds of its
 * own. Without it, and without DATABASE_URL, every process starts its own server.
 */
export default async function setup(): Promise<() => Promise<void>> {
  return isSet(process.env.DATABASE_URL) ? async () => {} : shareTestServer("18");
}

/** Starts a server and tells the workers of this run; returns what stops it. */
export async function shareTestServer(version: TestPostgres): Promise<() => Promise<void>> {
  const variable = sharedServerVariable(version);
  if (process.env[variable] !== undefined) return async () => {};
  const server = await startTestServer(version);
  process.env[variable] = server.url;
  return async () => {
    delete process.env[variable];
    await server.stop();
  };
}
