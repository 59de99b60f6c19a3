import { SHARED_SERVER_VARIABLE, startTestServer } from "./test-server.ts";

/**
 * A vitest `globalSetup`: one PostgreSQL for all workers of a run, which saves each test file the three seconds of its
 * own. Without it, and without DATABASE_URL, every process starts its own server.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const isGiven = [process.env.DATABASE_URL, process.env[SHARED_SERVER_VARIABLE]].some((url) => url !== undefined);
  if (isGiven) return async () => {};
  const server = await startTestServer();
  process.env[SHARED_SERVER_VARIABLE] = server.url;
  return async () => {
    delete process.env[SHARED_SERVER_VARIABLE];
    await server.stop();
  };
}
