import { readMigrationState, type Sql } from "@xueshi/database";
import type { NoteSigner, VaultFingerprint } from "@xueshi/vault";
import { checkCheckpoint, checkKeys } from "./check-keys.ts";
import { checkRights, checkRoles } from "./check-roles.ts";
import { checkEventTriggers, checkGuards, judgeMigrations } from "./check-schema.ts";
import { checkClock, checkSettings, checkUpkeep } from "./check-server.ts";
import { checkFeed, checkPostings } from "./check-work.ts";
import type { Finding } from "./finding.ts";

export interface Examination {
  readonly sql: Sql;
  /** Of this host: milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Where the reviewed SQL lies; absent: that of this version. */
  readonly migrationsFolder?: string;
  /** Fingerprints of the keys that are given; null: none are. */
  readonly keys: VaultFingerprint | null;
  readonly checkpoints: { readonly origin: string; readonly everyMs: number; readonly signer: NoteSigner | null };
}

/** Looks at everything, in the order in which it is to be put right: where tables are missing it goes no further. */
export async function examineDatabase(examination: Examination): Promise<Finding[]> {
  const { sql, clock, keys, checkpoints } = examination;
  const state = await readMigrationState(sql, examination.migrationsFolder);
  const migrations = judgeMigrations(state);
  if (state.missing.length > 0) return migrations;
  const guards = await checkGuards(sql);
  const standing = [...migrations, ...(await checkRoles(sql)), ...(await checkRights(sql)), ...guards];
  if (guards.some(({ code }) => code === "guard_gone")) return standing;
  const nowMs = clock();
  return [
    ...standing,
    ...(await checkEventTriggers(sql)),
    ...(await checkSettings(sql)),
    ...(await checkKeys(sql, keys)),
    ...(await checkCheckpoint(sql, { ...checkpoints, nowMs })),
    ...(await checkClock(sql, clock)),
    ...(await checkFeed(sql, nowMs)),
    ...(await checkPostings(sql, nowMs)),
    ...(await checkUpkeep(sql)),
  ];
}
