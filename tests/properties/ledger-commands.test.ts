import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkProperty } from "./check-property.ts";
import { type AuditedLedger, openAuditedLedger } from "./commands/audited-ledger.ts";
import type { Fired } from "./commands/command.ts";
import { commandsArbitrary, firstArrivals, runCommands } from "./commands/run-commands.ts";

let real: AuditedLedger;
beforeAll(async () => {
  real = await openAuditedLedger();
});
afterAll(() => real.close());

/** Thousands of runs, and that every kind of command happens in them: `pnpm test:model`. */
test("whatever is done to the ledger, in whatever order, it stands and answers as the model says", async () => {
  const fired: Fired = new Map();
  const commands = commandsArbitrary(fired, process.env.XUESHI_PROPERTY_COMMANDS);
  await checkProperty(
    fc.asyncProperty(firstArrivals, commands, (first, list) => runCommands(real, first, list)),
    15,
  );
  if (process.env.XUESHI_PROPERTY_PATH === undefined) expect(fired.size, "kinds that happened").toBeGreaterThan(12);
});
