import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./tests/summary-reporter.ts";

const files = (...patterns: string[]) => ({ include: patterns, exclude: ["**/node_modules/**"] });
const patient = { testTimeout: 30_000, hookTimeout: 60_000 };
/** Where CI wants the results as JSON. */
const report = process.env.XUESHI_TEST_REPORT;

export default defineConfig({
  test: {
    maxWorkers: 2,
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
        },
      },
      {
        test: {
          name: "database",
          ...files("{packages,services}/*/src/**/*.db.test.ts", "scripts/**/*.test.ts"),
          ...patient,
        },
      },
      { test: { name: "architecture", ...files("tests/architecture/**/*.test.ts") } },
      { test: { name: "scenarios", ...files("tests/scenarios/**/*.test.ts", "tests/oracle/**/*.test.ts") } },
      {
        test: {
          name: "properties",
          ...files("tests/properties/**/*.test.ts"),
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "faults", ...files("tests/faults/**/*.test.ts"), testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: "end-to-end",
          ...files("tests/end-to-end/**/*.test.ts"),
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
