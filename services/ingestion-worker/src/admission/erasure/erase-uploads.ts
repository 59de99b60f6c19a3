import {
  advanceErasure,
  advanceUpload,
  deleteUploadParts,
  type ErasureProgress,
  readKeptUploads,
  readUpload,
  readUploadParts,
  runTransaction,
  type Transaction,
  type UploadView,
  withPlatformLease,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import { judgeUpload } from "../upload/judge-upload.ts";
import { UploadFault } from "../upload/read-upload-rows.ts";
import { UPLOAD_BOUNDS, uploadLease, uploadSettings } from "../upload/run-upload.ts";
import type { ErasedPeople } from "./erased-people.ts";

interface Work {
  readonly erasureId: string;
  readonly progress: ErasureProgress;
}

/**
 * Destroys the next uploaded file that is kept if rows of people stand in it, or if it cannot be read: a table cannot be
 * written anew without them, and its other rows are kept as the batches that they were stored in. One that has not ended ends
 * with it; `waiting`: it is being stored just now.
 */
export async function eraseUploads(
  context: IngestionContext,
  people: ErasedPeople,
  { erasureId, progress }: Work,
  signal: AbortSignal,
): Promise<ErasureProgress | "waiting"> {
  const [uploadId] = await readKeptUploads(context.sql, progress.afterId, 1);
  if (uploadId === undefined) {
    const next: ErasureProgress = { ...progress, step: "identity", afterId: null };
    await runTransaction(context, (tx) => advanceErasure(tx, { erasureId, progress: next }));
    return next;
  }
  const look = async (lost: AbortSignal): Promise<ErasureProgress> => {
    const upload = await readUpload(context.sql, uploadId);
    const isTheirs = upload !== null && (await namesPeople(context, upload, people, AbortSignal.any([signal, lost])));
    const { sums } = progress;
    const uploadsDestroyed = sums.uploadsDestroyed + (isTheirs ? 1 : 0);
    const next = {
      ...progress,
      afterId: uploadId,
      sums: { ...sums, uploadsRead: sums.uploadsRead + 1, uploadsDestroyed },
    };
    await runTransaction(context, async (tx) => {
      if (isTheirs) await destroy(tx, context, upload);
      await advanceErasure(tx, { erasureId, progress: next });
    });
    return next;
  };
  return (await withPlatformLease(context.openLease, uploadLease(uploadId), look)) ?? "waiting";
}

/** Throws where it was stopped in the middle. */
async function namesPeople(
  context: IngestionContext,
  upload: UploadView,
  people: ErasedPeople,
  signal: AbortSignal,
): Promise<boolean> {
  const parts = await readUploadParts(context.sql, upload.uploadId);
  const bytes = Buffer.concat(parts.map((part) => context.vault.openPage(part)));
  const { charset, language } = uploadSettings.parse(upload.settings);
  const { mediaType, source, receivedAtMs } = upload;
  const file = { bytes, mediaType, charset, language, source, receivedAtMs };
  try {
    for await (const part of judgeUpload(file, UPLOAD_BOUNDS, admissionContextOf(context))) {
      signal.throwIfAborted();
      for (const judged of part.judged) {
        const { practitionerId, recordKey } = judged.kind === "version" ? judged.version : judged.row;
        if (people.whose({ practitionerId, recordKey, row: part.records[judged.index] }) !== "others") return true;
      }
    }
    return false;
  } catch (error) {
    // What cannot be read cannot be said to be free of somebody.
    if (error instanceof UploadFault) return true;
    throw error;
  }
}

async function destroy(tx: Transaction, { clock }: IngestionContext, { uploadId }: UploadView): Promise<void> {
  const end = { uploadId, to: "failed", reason: "content_erased", endedAtMs: clock() } as const;
  for (const from of ["received", "awaiting_confirmation", "storing"] as const)
    await advanceUpload(tx, { ...end, from });
  await deleteUploadParts(tx, uploadId);
}
