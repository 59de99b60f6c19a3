import fc from "fast-check";
import { expect } from "vitest";

const COUNTEREXAMPLE_CHARACTERS_MAX = 12_000;
/** Shrinking a failure ends here, and so does a run on a machine that is far too slow. */
const TIME_MS_MAX = 110_000;

/**
 * Runs a property over the database, `runs` times or as often as XUESHI_PROPERTY_RUNS says. XUESHI_PROPERTY_SEED and
 * XUESHI_PROPERTY_PATH, as a failure prints them, replay that failure.
 * @param examples runs that are among them, whatever is drawn
 */
export async function checkProperty<Values extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<Values>,
  runs: number,
  examples: Values[] = [],
): Promise<void> {
  const { XUESHI_PROPERTY_RUNS, XUESHI_PROPERTY_SEED, XUESHI_PROPERTY_PATH } = process.env;
  const numRuns = XUESHI_PROPERTY_RUNS === undefined ? runs : Number(XUESHI_PROPERTY_RUNS);
  const details = await fc.check(property, {
    ...{ numRuns, examples },
    interruptAfterTimeLimit: TIME_MS_MAX * Math.max(1, numRuns / runs),
    ...(XUESHI_PROPERTY_SEED === undefined ? {} : { seed: Number(XUESHI_PROPERTY_SEED) }),
    ...(XUESHI_PROPERTY_PATH === undefined ? {} : { path: XUESHI_PROPERTY_PATH }),
  });
  if (details.failed) {
    const { seed, counterexamplePath, counterexample, errorInstance } = details;
    const replay = `XUESHI_PROPERTY_SEED=${seed} XUESHI_PROPERTY_PATH="${counterexamplePath}"`;
    const shown = (counterexample ?? []).map(show).join("\n").slice(0, COUNTEREXAMPLE_CHARACTERS_MAX);
    const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    throw new Error(`failed in run ${details.numRuns}; replay with ${replay}\n${message}\n${shown}`, {
      cause: errorInstance,
    });
  }
  expect(details.numRuns, "runs before the time was up").toBeGreaterThan(0);
}

/** Commands say themselves what they are, and how they are run again. */
function show(value: unknown): string {
  const areCommands = typeof value === "object" && value !== null && !Array.isArray(value) && Symbol.iterator in value;
  return areCommands ? String(value) : JSON.stringify(value, withoutBulk);
}

/** What is the same in every run, or follows from the seed, says nothing about a failure. */
function withoutBulk(key: string, value: unknown): unknown {
  return key === "categories" || key === "declarations" ? undefined : value;
}
