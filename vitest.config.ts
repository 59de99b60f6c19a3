import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { makeMemoryFolder } from "./tests/memory-folder.ts";
import { SummaryReporter } from "./tests/summary-reporter.ts";

/** What the processes that tests start have compiled: each would spend a third of its start on it. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/xueshi-tests");
const memory = process.env.TMPDIR === undefined ? makeMemoryFolder() : null;
if (memory !== null) process.env.TMPDIR = memory;

const files = (...patterns: string[]) => ({ include: patterns, exclude: ["**/node_modules/**"] });
/** Bounds against hanging, wide enough for a machine that does other things too. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };
/**
 * Files of one worker share what they import, which is most of what a short file costs; none of them changes it. Node loads
 * all of it, as it does in production: what Vite makes of an import costs a third of the time, and no module is mocked.
 */
const together = { isolate: false, experimental: { viteModuleRunner: false, nodeLoader: false } };
const wholeRuns = { testTimeout: 180_000, hookTimeout: 180_000 };
/** One PostgreSQL for all workers of a run, where a test file asks for a database. */
const sharedServer = { globalSetup: ["./packages/database/src/testing/vitest-server.ts"] };
const hasPostgres15 = existsSync("/usr/lib/postgresql/15/bin/postgres") || existsSync("/usr/pgsql-15/bin/postgres");
/** Where CI wants the results as JSON. */
const report = process.env.XUESHI_TEST_REPORT;

/** The stores again on the oldest PostgreSQL. */
const oldest = {
  globalSetup: ["./packages/database/src/testing/vitest-server-15.ts"],
  env: { XUESHI_TEST_POSTGRES: "15", DATABASE_URL: "" },
};
const database15 = {
  test: { name: "database-15", ...files("packages/database/src/**/*.db.test.ts"), ...patient, ...together, ...oldest },
};

export default defineConfig({
  test: {
    // Some of what is tested waits more than it works.
    maxWorkers: 3,
    reporters: [
      "default",
      new SummaryReporter(),
      ...(report === undefined ? [] : [["json", { outputFile: report }] as ["json", { outputFile: string }]]),
    ],
    projects: [
      {
        test: {
          name: "unit",
          ...files("{packages,services}/*/src/**/*.test.ts"),
          exclude: ["**/*.db.test.ts", "**/node_modules/**"],
          ...patient,
          ...together,
        },
      },
      {
        test: {
          name: "database",
          ...files("packages/*/src/**/*.db.test.ts", "scripts/**/*.test.ts"),
          ...patient,
          ...together,
          ...sharedServer,
        },
      },
      ...(hasPostgres15 ? [database15] : []),
      // On the oldest PostgreSQL where there is one: properties, faults and end-to-end tests run the services on the newest.
      {
        test: {
          name: "services",
          ...files("services/*/src/**/*.db.test.ts"),
          ...patient,
          ...together,
          ...(hasPostgres15 ? oldest : sharedServer),
        },
      },
      { test: { name: "architecture", ...files("tests/architecture/**/*.test.ts"), ...patient, ...together } },
      {
        test: {
          name: "scenarios",
          ...files("tests/scenarios/**/*.test.ts", "tests/recognition/**/*.test.ts", "tests/oracle/**/*.test.ts"),
          ...patient,
          ...together,
        },
      },
      {
        test: {
          name: "properties",
          ...files("tests/{properties,histories}/**/*.test.ts"),
          exclude: ["**/*.long.test.ts", "**/node_modules/**"],
          ...sharedServer,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          ...together,
        },
      },
      {
        test: {
          name: "faults",
          ...files("tests/faults/**/*.test.ts"),
          exclude: ["**/*.long.test.ts", "**/node_modules/**"],
          ...sharedServer,
          ...wholeRuns,
          ...together,
        },
      },
      {
        test: {
          name: "end-to-end",
          ...files("tests/end-to-end/**/*.test.ts"),
          ...sharedServer,
          ...wholeRuns,
          ...together,
        },
      },
    ],
  },
});
