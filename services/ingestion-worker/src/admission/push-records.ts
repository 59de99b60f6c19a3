import type { FieldError, Language, Receipt, RecordsResponse } from "@xueshi/contracts";
import { presentReceipt, type ReceiptCode } from "@xueshi/contracts";
import type { ReceiptOutcome } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { judgePush, type PushOrigin } from "./judge-push.ts";
import { storePush } from "./store-push.ts";
import type { RowReceipt } from "./store-rows.ts";

export interface Push extends PushOrigin {
  readonly records: readonly unknown[];
  /** See `requestKeyOf`; null: the request may take effect again when it is sent again. */
  readonly requestKey: string | null;
}

export interface PushAnswer {
  readonly response: RecordsResponse;
  readonly isReplayed: boolean;
}

/**
 * Takes in pushed records: all of them are stored in one transaction, each with its receipt, and acknowledged after it.
 * A bad record is refused by itself and stops no other. Throws as `storePush` does.
 */
export async function pushRecords(context: IngestionContext, push: Push): Promise<PushAnswer> {
  const { source, receivedAtMs, language, requestKey } = push;
  const elements = push.records.map((value) => ({ value }));
  const { judged, errors } = judgePush(elements, push, admissionContextOf(context));
  const raw = JSON.stringify(push.records);
  const once = requestKey === null ? null : { requestKey, part: 0, bodyDigest: sha256Hex(raw) };
  const { batchId, receipts, isReplayed } = await storePush(context, { source, judged, raw, receivedAtMs, once });
  return {
    response: {
      batchId,
      receipts: receipts.map((receipt) => presentStoredReceipt(receipt, language, errors.get(receipt.index))),
    },
    isReplayed,
  };
}

export function presentStoredReceipt(receipt: RowReceipt, language: Language, errors?: readonly FieldError[]): Receipt {
  return presentReceipt(
    {
      index: receipt.index,
      recordId: receipt.recordId === "" ? null : receipt.recordId,
      outcome: receipt.outcome as ReceiptOutcome,
      code: receipt.code as ReceiptCode | null,
      ...(errors === undefined ? {} : { errors }),
    },
    language,
  );
}
