import type { FieldError, Receipt } from "@xueshi/contracts";
import { limitLockWait, runTransaction } from "@xueshi/database";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { judgePush, type PushedElement, type PushOrigin } from "./judge-push.ts";
import { presentStoredReceipt } from "./push-records.ts";
import { type RowReceipt, storeRows } from "./store-rows.ts";

/** Ends the transaction of a dry run without a trace. */
class DryRunOver extends Error {
  readonly receipts: readonly RowReceipt[];
  constructor(receipts: readonly RowReceipt[]) {
    super("a dry run keeps nothing");
    this.receipts = receipts;
  }
}

/** Several parts lock people in no common order. Who only tries gives way to who pushes, before a deadlock is looked for. */
const LOCK_WAIT_MS_MAX = 500;

/**
 * Says what receipts a push would get at this moment: the push itself, in the same parts, in one transaction that is
 * taken back. Nothing is kept, no hint goes out, nobody becomes known.
 */
export async function validateRecords(
  context: IngestionContext,
  parts: readonly (readonly PushedElement[])[],
  origin: PushOrigin,
): Promise<Receipt[]> {
  const admission = admissionContextOf(context);
  const errors = new Map<number, readonly FieldError[]>();
  const receipts = await runTransaction(context, async (tx): Promise<readonly RowReceipt[]> => {
    await limitLockWait(tx, LOCK_WAIT_MS_MAX);
    const all: RowReceipt[] = [];
    for (const elements of parts) {
      const from = all.length;
      const part = judgePush(elements, origin, admission);
      for (const [index, found] of part.errors) errors.set(from + index, found);
      const batch = {
        batchId: context.newId(),
        source: origin.source,
        origin: "push",
        pullId: null,
        closesPull: false,
        completeUntilMs: null,
        receivedAtMs: origin.receivedAtMs,
        judged: part.judged,
        totalRows: 0,
        occurrenceMode: "count",
        raw: null,
      } as const;
      const stored = await storeRows(tx, batch, context);
      for (const receipt of stored.receipts) all.push({ ...receipt, index: from + receipt.index });
    }
    throw new DryRunOver(all);
  }).catch((error: unknown) => {
    if (error instanceof DryRunOver) return error.receipts;
    throw error;
  });
  return receipts.map((one) => presentStoredReceipt(one, origin.language, errors.get(one.index)));
}
