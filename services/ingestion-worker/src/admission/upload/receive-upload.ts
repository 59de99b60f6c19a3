import { createHash } from "node:crypto";
import type { Language } from "@xueshi/contracts";
import {
  beginTransaction,
  lockUploadContent,
  readUpload,
  readUploadOfContent,
  type UploadView,
  writeUpload,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { retainUntil } from "../retain-until.ts";
import { hintUpload } from "./hint-upload.ts";
import type { UploadSettings } from "./run-upload.ts";

export interface UploadToReceive {
  readonly source: string;
  readonly mediaType: string;
  readonly charset: string | null;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly mode: UploadSettings["mode"];
  /** Take the same content once more. */
  readonly again: boolean;
  readonly language: Language;
  readonly receivedAtMs: number;
}

export interface ReceivedUpload {
  readonly upload: UploadView;
  /** True when the source sent the same content before: this is that upload. */
  readonly isKnown: boolean;
}

const PART_BYTES = 1_048_576;

/** Keeps an uploaded file, sealed piece by piece as it comes; acknowledged once it is on disk, and read after that. */
export async function receiveUpload(context: IngestionContext, sent: UploadToReceive): Promise<ReceivedUpload> {
  const { source, mediaType, charset, mode, language, receivedAtMs } = sent;
  const digest = createHash("sha256");
  const parts: ReturnType<typeof context.vault.sealPage>[] = [];
  let bytes = 0;
  for await (const piece of inPieces(sent.chunks, PART_BYTES)) {
    digest.update(piece);
    bytes += piece.length;
    parts.push(context.vault.sealPage(piece));
  }
  const sha256 = digest.digest("hex");
  const uploadId = context.newId();
  const settings: UploadSettings = { mode, charset, language, unknownPeople: "ask" };
  const until = retainUntil(receivedAtMs, context.retentionDays);
  const row = { uploadId, source, mediaType, settings, bytes, sha256, receivedAtMs, retainUntil: until, parts };
  const known = await beginTransaction(context.sql, async (tx) => {
    await lockUploadContent(tx, source, sha256);
    const earlier = sent.again ? null : await readUploadOfContent(tx, source, sha256);
    if (earlier === null) await writeUpload(tx, row);
    return earlier;
  });
  if (known !== null) return { upload: known, isKnown: true };
  await hintUpload(context, uploadId);
  const upload = await readUpload(context.sql, uploadId);
  if (upload === null) throw new Error("an upload that was just written is read back");
  return { upload, isKnown: false };
}

/** Chunks in pieces of one size; the last one may be smaller. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    while (bytes >= size) {
      const all = Buffer.concat(waiting);
      yield all.subarray(0, size);
      waiting = [all.subarray(size)];
      bytes -= size;
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
