import { type BatchResponse, encodeCursor } from "@xueshi/contracts";
import { readBatch, readOwners, readOwnerships, readRecordStates, type Transaction } from "@xueshi/database";
import { MAIN_SLOT, type ReceiptOutcome, type RecordState, recordKeyOf } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";

export interface BatchQuery {
  readonly batchId: string;
  /** Only this source's batches are shown; null for an operator. */
  readonly source: string | null;
  /** Place of the first record in the batch's receipts. */
  readonly from: number;
  readonly limit: number;
}

/** A batch with the receipts of its records and, once it is posted, how they stand now. Null when there is none to see. */
export async function readBatchView(context: IngestionContext, query: BatchQuery): Promise<BatchResponse | null> {
  const batch = await readBatch(context.sql, query.batchId);
  if (batch === null || (query.source !== null && batch.source !== query.source)) return null;
  const isPosted = batch.postedAtMs !== null;
  const page = batch.receipts.slice(query.from, query.from + query.limit);
  const keyOf = (recordId: string) => recordKeyOf(sha256Hex, batch.source, recordId);
  const recordKeys = [...new Set(page.map(([recordId]) => keyOf(recordId)))];
  const states = isPosted ? await statesByRecord(context, recordKeys) : new Map<string, RecordState>();
  const nextFrom = query.from + page.length;
  const { reread: _reread, total_row: _totalRows, ...counts } = batch.counts;
  return {
    batchId: batch.batchId,
    state: isPosted ? "posted" : "pending",
    counts,
    records: page.map(([recordId, outcome, code]) => {
      const state = states.get(keyOf(recordId)) ?? null;
      return { recordId: recordId === "" ? null : recordId, outcome: outcome as ReceiptOutcome, state, code };
    }),
    nextCursor: nextFrom < batch.receipts.length ? encodeCursor({ from: nextFrom }) : null,
  };
}

/** The main state of each record; a record that has only held rows is `held`, one with only refused rows has none. */
async function statesByRecord(
  context: IngestionContext,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, RecordState>> {
  const states = new Map<string, RecordState>();
  const people = await readOwners(context.sql as unknown as Transaction, recordKeys);
  // A record stands in another's chain where an operator corrected or merged the id; a batch names whom its rows named.
  const owners = [...(await readOwnerships(context.sql, people)).values()].flatMap(({ ever }) => ever);
  const rows = await readRecordStates(context.sql, [...new Set([...people, ...owners])]);
  for (const row of rows) if (row.slot !== MAIN_SLOT && row.state === "held") states.set(row.recordKey, "held");
  for (const row of rows) if (row.slot === MAIN_SLOT) states.set(row.recordKey, row.state as RecordState);
  return states;
}
