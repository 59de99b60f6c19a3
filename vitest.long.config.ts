import { defineConfig } from "vitest/config";

/** Proofs that take minutes: `pnpm test:faults:long`. Everything else is in vitest.config.ts. */
export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [
      {
        test: {
          name: "faults-long",
          include: ["tests/faults/**/*.long.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: ["./packages/database/src/testing/vitest-server.ts"],
          testTimeout: 1_800_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
