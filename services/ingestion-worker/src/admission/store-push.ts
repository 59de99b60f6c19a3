import {
  readBatch,
  readRequestPart,
  runTransaction,
  type StoredReceipt,
  type Transaction,
  tryLockRequest,
  writeRequestPart,
} from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";
import type { IngestionContext } from "../ingestion-context.ts";
import { hintPosting } from "./hint-posting.ts";
import type { JudgedRow } from "./judge-rows.ts";
import { retainUntil } from "./retain-until.ts";
import { type RowReceipt, storeRows } from "./store-rows.ts";

/** A request, or a part of one, that takes effect once however often it is sent. */
export interface OncePart {
  /** See `requestKeyOf`. */
  readonly requestKey: string;
  readonly part: number;
  /** SHA-256 of what the part says, hex: the same key with other content is refused. */
  readonly bodyDigest: string;
}

export interface PushToStore {
  readonly source: string;
  readonly judged: readonly JudgedRow[];
  /** What was sent, as JSON in UTF-8, for the archive. */
  readonly raw: string | Uint8Array;
  readonly receivedAtMs: number;
  readonly once: OncePart | null;
}

export interface StoredPush {
  readonly batchId: string;
  readonly receipts: readonly RowReceipt[];
  /** True when the part was stored by an earlier request, whose receipts these are. */
  readonly isReplayed: boolean;
}

/**
 * Stores judged rows that a source sent as a batch of its own and tells the ledger. With a part that was stored before,
 * nothing is stored and its receipts are given again.
 * Throws `idempotency_key_in_use` while another request with the key is under way, and `idempotency_key_reused`.
 */
export async function storePush(context: IngestionContext, push: PushToStore): Promise<StoredPush> {
  const { source, judged, receivedAtMs, once } = push;
  const batchId = context.newId();
  const stored = await runTransaction(context, async (tx) => {
    const earlierBatch = once === null ? null : await takeRequest(tx, once);
    if (earlierBatch !== null) return { earlierBatch };
    const sealed = context.vault.sealPage(push.raw);
    const batch = {
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
      raw: { content: push.raw, sealed, retainUntil: retainUntil(receivedAtMs, context.retentionDays) },
    } as const;
    const { receipts } = await storeRows(tx, batch, context);
    if (once !== null) await writeRequestPart(tx, { ...once, batchId }, receivedAtMs);
    return { receipts };
  });
  if ("earlierBatch" in stored) return replayed(context, stored.earlierBatch as string);
  for (const row of judged) if (row.kind === "version") context.knownPeople.add(row.version.practitionerId);
  await hintPosting(context, batchId);
  return { batchId, receipts: stored.receipts as readonly RowReceipt[], isReplayed: false };
}

/** The batch that an earlier request stored for this part, or null when it is to be stored now, under the lock. */
async function takeRequest(tx: Transaction, once: OncePart): Promise<string | null> {
  if (!(await tryLockRequest(tx, once.requestKey))) {
    throw new HttpProblem("idempotency_key_in_use", { headers: { "Retry-After": "1" } });
  }
  const earlier = await readRequestPart(tx, once.requestKey, once.part);
  if (earlier === null) return null;
  if (earlier.bodyDigest !== once.bodyDigest) throw new HttpProblem("idempotency_key_reused");
  return earlier.batchId;
}

async function replayed(context: IngestionContext, batchId: string): Promise<StoredPush> {
  const batch = await readBatch(context.sql, batchId);
  const receipts = (batch?.receipts ?? []).map(([recordId, outcome, code]: StoredReceipt, index) => ({
    ...{ index, recordId, outcome, code },
  }));
  return { batchId, receipts, isReplayed: true };
}
