import {
  advanceErasure,
  type ErasureProgress,
  type KeptPage,
  lockKeptPages,
  readBatch,
  readKeptPages,
  replacePage,
  runTransaction,
  type Transaction,
} from "@xueshi/database";
import { recordKeyOf } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../../ingestion-context.ts";
import { isWithdrawal } from "../quarantine/open-raw-rows.ts";
import { eraseRawRows } from "./erase-raw-rows.ts";
import type { ErasedPeople } from "./erased-people.ts";

/** Bounds of one transaction. */
export interface ErasureSizes {
  readonly pagesAtOnce: number;
}

type Sums = ErasureProgress["sums"];

/**
 * Takes the rows of people out of the next kept pages, in one transaction with how far it is. Erasures take turns: of two that
 * rewrote the same page at once, one would leave in it what it was to take out.
 */
export async function erasePages(
  context: IngestionContext,
  people: ErasedPeople,
  { erasureId, progress }: { readonly erasureId: string; readonly progress: ErasureProgress },
  { pagesAtOnce }: ErasureSizes,
): Promise<ErasureProgress> {
  return runTransaction(context, async (tx) => {
    await lockKeptPages(tx);
    const pages = await readKeptPages(tx, progress.afterId, pagesAtOnce);
    let { sums } = progress;
    for (const page of pages) sums = await erasePage(tx, context, people, page, sums);
    const afterId = pages.at(-1)?.batchId ?? progress.afterId;
    const isOver = pages.length < pagesAtOnce;
    const next: ErasureProgress = isOver ? { step: "uploads", afterId: null, sums } : { ...progress, afterId, sums };
    await advanceErasure(tx, { erasureId, progress: next });
    return next;
  });
}

async function erasePage(
  tx: Transaction,
  context: IngestionContext,
  people: ErasedPeople,
  page: KeptPage,
  sums: Sums,
): Promise<Sums> {
  const { batchId } = page;
  const read = { ...sums, pagesRead: sums.pagesRead + 1 };
  const content = context.vault.openPage(page);
  if (page.origin === "push" && isWithdrawal(content)) {
    if (!(await isOfPeople(tx, people, page)) && !people.isNamedIn(content.toString("utf8"))) return read;
    await replacePage(tx, batchId, null);
    return { ...read, pagesDestroyed: sums.pagesDestroyed + 1 };
  }
  const erased = eraseRawRows(content, page, people.whose, context);
  const left = erased?.content ?? content;
  // What is no row, as the frame of an answer or what could not be read at all, is taken out with the whole page.
  if (people.isNamedIn(left.toString("utf8"))) {
    await replacePage(tx, batchId, null);
    return { ...read, pagesDestroyed: sums.pagesDestroyed + 1 };
  }
  if (erased === null) return read;
  await replacePage(tx, batchId, context.vault.sealPage(erased.content));
  return { ...read, pagesRewritten: sums.pagesRewritten + 1, rowsErased: sums.rowsErased + erased.rows };
}

/** A withdrawal says nobody but a record, which its receipt names. */
async function isOfPeople(tx: Transaction, { recordKeys }: ErasedPeople, page: KeptPage): Promise<boolean> {
  const batch = await readBatch(tx as never, page.batchId);
  return (batch?.receipts ?? []).some(([recordId]) => recordKeys.has(recordKeyOf(sha256Hex, page.source, recordId)));
}
