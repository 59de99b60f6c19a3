import { LIMITS } from "@xueshi/contracts";
import {
  deleteExpiredPages,
  deleteExpiredRequests,
  deleteExpiredUploadParts,
  deleteReadmissionChanges,
  readAbandonedPlatforms,
  readExpiredReadmissions,
  readOpenErasures,
  readOpenReadmissions,
  readOpenReconciliations,
  readOpenUploads,
} from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import { hintPull } from "./acquisition/routes.ts";
import { hintErasure } from "./admission/erasure/hint-erasure.ts";
import { hintReadmission } from "./admission/readmission/hint-readmission.ts";
import { hintReconciliation } from "./admission/reconciliation/hint-reconciliation.ts";
import { hintUpload } from "./admission/upload/hint-upload.ts";
import type { IngestionContext } from "./ingestion-context.ts";

const DAY_MS = 86_400_000;
/** An upload that is still open after so long may have lost its worker; a hint too many finds nothing to do. */
const UPLOAD_FORGOTTEN_MS = 10_000;
/** Lists of changes that one sweep removes at most, and rows of them in one statement. */
const LISTS_PER_SWEEP = 10;
const CHANGES_PER_STATEMENT = 10_000;

/**
 * Puts back what a queue has lost: hints for pulls that wait or whose process died, and the schedules. What is pending
 * lives in PostgreSQL, so a lost hint costs time and nothing else (ARCHITECTURE.md, invariant 6). Batches that wait are
 * the ledger service's to find. Raw pages, lists of what re-admissions changed and idempotency keys whose retention has
 * ended go at the same time.
 */
export async function sweep(context: IngestionContext): Promise<void> {
  for (const platform of await readAbandonedPlatforms(context.sql)) await hintPull(context, platform, "again");
  for (const uploadId of await readOpenUploads(context.sql, context.clock() - UPLOAD_FORGOTTEN_MS)) {
    await hintUpload(context, uploadId);
  }
  for (const { readmissionId } of await readOpenReadmissions(context.sql))
    await hintReadmission(context, readmissionId);
  for (const id of await readOpenReconciliations(context.sql)) await hintReconciliation(context, id);
  for (const id of await readOpenErasures(context.sql)) await hintErasure(context, id);
  await context.queue.ensureSchedules();
  const today = localDateAt(context.clock());
  await deleteExpiredPages(context.sql, today);
  await deleteExpiredUploadParts(context.sql, today);
  await deleteExpiredRequests(context.sql, context.clock() - LIMITS.idempotencyKeyDays * DAY_MS);
  await removeOldChanges(context);
}

async function removeOldChanges({ sql, clock, readmissionListDays }: IngestionContext): Promise<void> {
  const endedBeforeMs = clock() - readmissionListDays * DAY_MS;
  for (const readmissionId of await readExpiredReadmissions(sql, endedBeforeMs, LISTS_PER_SWEEP)) {
    let isGone = false;
    while (!isGone) isGone = await deleteReadmissionChanges(sql, readmissionId, CHANGES_PER_STATEMENT);
  }
}
