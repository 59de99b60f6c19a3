import { defineConfig } from "vitest/config";

const patient = { testTimeout: 5_400_000, hookTimeout: 180_000 };
const sharedServer = { globalSetup: ["./packages/database/src/testing/vitest-server.ts"] };

/** Proofs that take minutes: `pnpm test:faults:long` and `pnpm test:model`. Everything else is in vitest.config.ts. */
export default defineConfig({
  test: {
    maxWorkers: 1,
    // What runs for minutes says how far it is.
    disableConsoleIntercept: true,
    projects: [
      {
        test: {
          name: "faults-long",
          include: ["tests/faults/**/*.long.test.ts"],
          exclude: ["**/node_modules/**"],
          ...sharedServer,
          ...patient,
        },
      },
      {
        test: {
          name: "model",
          include: ["tests/properties/**/*.long.test.ts"],
          exclude: ["**/node_modules/**"],
          ...sharedServer,
          ...patient,
        },
      },
    ],
  },
});
