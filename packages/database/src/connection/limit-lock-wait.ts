import type { Transaction } from "./connect.ts";

/** Lets the statements of this transaction wait no longer than this for a lock; beyond it they fail, SQLSTATE 55P03. */
export async function limitLockWait(tx: Transaction, waitMsMax: number): Promise<void> {
  await tx`SELECT set_config('lock_timeout', ${String(waitMsMax)}, true)`;
}
