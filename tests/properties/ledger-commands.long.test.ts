import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkProperty } from "./check-property.ts";
import { type AuditedLedger, openAuditedLedger } from "./commands/audited-ledger.ts";
import type { Fired } from "./commands/command.ts";
import { commandsArbitrary, firstArrivals, KINDS, runCommands } from "./commands/run-commands.ts";

const RUNS_PER_LINE = 100;

let real: AuditedLedger;
beforeAll(async () => {
  real = await openAuditedLedger();
});
afterAll(() => real.close());

/** What `pnpm test:model` runs; tests/run-model.ts says how often and with which seed. */
test("thousands of ledgers stand and answer as the model says, and every kind of command happens", async () => {
  const fired: Fired = new Map();
  const startedAt = performance.now();
  let runs = 0;
  const tell = () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(`${runs} runs, ${seconds.toFixed(0)} s, ${((1_000 * seconds) / Math.max(1, runs)).toFixed(0)} ms each`);
  };
  const commands = commandsArbitrary(fired, process.env.XUESHI_PROPERTY_COMMANDS);
  const property = fc.asyncProperty(firstArrivals, commands, async (first, list) => {
    await runCommands(real, first, list);
    runs += 1;
    if (runs % RUNS_PER_LINE === 0) tell();
  });
  try {
    await checkProperty(property, 25);
  } finally {
    tell();
    for (const kind of KINDS) console.log(`${String(fired.get(kind) ?? 0).padStart(8)}  ${kind}`);
  }
  if (process.env.XUESHI_PROPERTY_PATH !== undefined) return;
  for (const kind of KINDS) expect(fired.get(kind) ?? 0, `how often "${kind}" happened`).toBeGreaterThan(0);
});
