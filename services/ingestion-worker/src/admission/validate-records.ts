import type { FieldError } from "@xueshi/contracts";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { judgePush, type PushedElement, type PushOrigin } from "./judge-push.ts";
import { type RowReceipt, storeRows } from "./store-rows.ts";

export interface ValidatedRecords {
  readonly receipts: readonly RowReceipt[];
  readonly errors: ReadonlyMap<number, readonly FieldError[]>;
}

/** Ends the transaction of a dry run without a trace. */
class DryRunOver extends Error {
  readonly receipts: readonly RowReceipt[];
  constructor(receipts: readonly RowReceipt[]) {
    super("a dry run keeps nothing");
    this.receipts = receipts;
  }
}

/**
 * Says what receipts a push would get at this moment: the push itself, in the same parts, in one transaction that is
 * taken back. Nothing is kept, no hint goes out, nobody becomes known.
 */
export async function validateRecords(
  context: IngestionContext,
  elements: readonly PushedElement[],
  origin: PushOrigin,
  recordsPerPart: number,
): Promise<ValidatedRecords> {
  const admission = admissionContextOf(context.vault);
  const errors = new Map<number, readonly FieldError[]>();
  const receipts = await context.sql
    .begin(async (tx): Promise<readonly RowReceipt[]> => {
      const all: RowReceipt[] = [];
      for (let from = 0; from < elements.length; from += recordsPerPart) {
        const part = judgePush(elements.slice(from, from + recordsPerPart), origin, admission);
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
        const stored = await storeRows(tx, batch, context.vault, context.knownPeople);
        for (const receipt of stored.receipts) all.push({ ...receipt, index: from + receipt.index });
      }
      throw new DryRunOver(all);
    })
    .catch((error: unknown) => {
      if (error instanceof DryRunOver) return error.receipts;
      throw error;
    });
  return { receipts, errors };
}
