import { connect, type Sql } from "@xueshi/database";
import { createTestDatabase } from "@xueshi/database/testing";
import { createLogger, systemClock } from "@xueshi/runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WrongUsage } from "../../rules/verb.ts";
import { readmitInCopy } from "./readmit-in-copy.ts";

let ledger: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: Sql;
beforeAll(async () => {
  ledger = await createTestDatabase();
  owner = connect({ url: ledger.url, connectionsMax: 1, applicationName: "test" });
});
afterAll(async () => {
  await owner.end({ timeout: 5 });
  await ledger.drop();
});

it("a ledger that is named as the copy by mistake is refused before anything of it is touched", async () => {
  await owner`
    INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys, practitioner_ids)
    VALUES (gen_random_uuid(), 'demo-training', 'push', now(), 0, '{}', '[]', '{}', '{}')`;
  // As a ledger of an earlier version, which a migration would change.
  await owner`DROP TABLE admission.readmission_change`;
  const state = () => owner`
    SELECT relnamespace::regnamespace::text AS schema, relname FROM pg_class WHERE relkind = 'r' ORDER BY 1, 2`;
  const before = await state();
  const plan = {
    ...{
      fromUrl: ledger.url,
      intoUrl: ledger.url,
      keys: {} as never,
      nameVariants: "hold" as const,
      names: [],
      days: {},
    },
    ...{ language: "en" as const, pause: async () => {}, progress: () => {} },
    logger: createLogger({ service: "test", clock: systemClock, write: () => {} }),
  };
  await expect(readmitInCopy(plan, async () => "used")).rejects.toThrow(WrongUsage);
  expect(await state()).toEqual(before);
});
