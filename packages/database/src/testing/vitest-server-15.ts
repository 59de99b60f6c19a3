import { shareTestServer } from "./vitest-server.ts";

/** A vitest `globalSetup`: one PostgreSQL 15 for the tests that run again on the oldest version. */
export default async function setup(): Promise<() => Promise<void>> {
  return shareTestServer("15");
}
