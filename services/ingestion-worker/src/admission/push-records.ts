import type { FieldError, Language, RecordsResponse } from "@xueshi/contracts";
import { presentReceipt, type ReceiptCode } from "@xueshi/contracts";
import type { ReceiptOutcome } from "@xueshi/domain";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { hintPosting } from "./hint-posting.ts";
import { type JudgedRow, judgeRows, OrdinalCounter } from "./judge-rows.ts";
import { type MisshapenRow, pushedRow } from "./pushed-row.ts";
import { retainUntil } from "./retain-until.ts";
import { type RowReceipt, storeRows } from "./store-rows.ts";

export interface Push {
  /** The source that the key is bound to. */
  readonly source: string;
  readonly records: readonly unknown[];
  readonly receivedAtMs: number;
  readonly language: Language;
}

/**
 * Takes in pushed records: all of them are stored in one transaction, each with its receipt, and acknowledged after it.
 * A bad record is refused by itself and stops no other.
 */
export async function pushRecords(context: IngestionContext, push: Push): Promise<RecordsResponse> {
  const { source, receivedAtMs, language } = push;
  const admission = admissionContextOf(context.vault);
  const ordinals = new OrdinalCounter();
  const misshapen = new Map<number, MisshapenRow>();
  const judged: JudgedRow[] = push.records.flatMap((raw, index): JudgedRow[] => {
    const row = pushedRow(raw, source, receivedAtMs, language, admission);
    if (row.kind !== "misshapen") {
      return judgeRows(source, [row], ordinals, admission, { firstIndex: index, file: "push" }).judged;
    }
    misshapen.set(index, row);
    return [{ kind: "refused", row: row.row, index, ordinal: 1 }];
  });
  const { batchId, receipts } = await storePush(context, source, judged, JSON.stringify(push.records), receivedAtMs);
  return {
    batchId,
    receipts: receipts.map((receipt) => presentStoredReceipt(receipt, language, misshapen.get(receipt.index)?.errors)),
  };
}

/** Stores judged rows that a source sent as a batch of its own and tells the ledger. */
export async function storePush(
  context: IngestionContext,
  source: string,
  judged: readonly JudgedRow[],
  rawText: string,
  receivedAtMs: number,
): Promise<{ batchId: string; receipts: readonly RowReceipt[] }> {
  const batchId = context.newId();
  const sealed = context.vault.sealPage(rawText);
  const stored = await context.sql.begin((tx) =>
    storeRows(
      tx,
      {
        batchId,
        source,
        origin: "push",
        pullId: null,
        closesPull: false,
        completeUntilMs: null,
        receivedAtMs,
        judged,
        totalRows: 0,
        occurrenceMode: "count",
        raw: { sealed, retainUntil: retainUntil(receivedAtMs, context.retentionDays) },
      },
      context.vault,
      context.knownPeople,
    ),
  );
  for (const row of judged) if (row.kind === "version") context.knownPeople.add(row.version.practitionerId);
  await hintPosting(context, batchId);
  return { batchId, receipts: stored.receipts };
}

export function presentStoredReceipt(receipt: RowReceipt, language: Language, errors?: readonly FieldError[]) {
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
