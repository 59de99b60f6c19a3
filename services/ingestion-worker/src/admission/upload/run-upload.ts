import type { Language } from "@xueshi/contracts";
import {
  advanceUpload,
  beginTransaction,
  deleteUploadFindings,
  noteUploadBatch,
  readBatch,
  readErased,
  readKnownNames,
  readStoredUploadParts,
  readUpload,
  readUploadParts,
  readUploadRowsWith,
  type UploadFinding,
  type UploadView,
  withPlatformLease,
  writeUploadFindings,
} from "@xueshi/database";
import { isKnownName } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { z } from "zod";
import { ownText } from "../../acquisition/spreadsheet/cell-text.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import { requestKeyOf } from "../request-key.ts";
import { storePush } from "../store-push.ts";
import { HeaderFault, judgeUpload, type UploadPart } from "./judge-upload.ts";
import { UploadFault } from "./read-upload-rows.ts";
import { columnOf } from "./upload-columns.ts";

/** How an upload is to be taken, as it is kept with it. */
export const uploadSettings = z.object({
  /** `all-or-nothing`: a row with an error stops the whole file. */
  mode: z.enum(["rows", "all-or-nothing"]),
  charset: z.string().nullable(),
  language: z.enum(["zh-CN", "en"]),
  /** What was decided of rows of people who are not known yet. */
  unknownPeople: z.enum(["ask", "accept", "leave-out"]),
});
export type UploadSettings = z.infer<typeof uploadSettings>;

/** How often the holder of the lease shows that it is there. */
const LEASE_BEAT = { everyMs: 2_000, onBeat: () => {} };
export const UPLOAD_BOUNDS = { rowsPerPart: 1_000, rowsMax: 200_000 };

/** The lease of whoever has an upload in hand. */
export function uploadLease(uploadId: string): string {
  return `upload ${uploadId}`;
}

/**
 * Goes on with an upload from where it is: checks its rows, waits for a confirmation where somebody in it is unknown, and
 * stores it part by part. Only one process does at a time; one that dies in the middle is gone on from, and a part that
 * is stored already is not stored again.
 * @returns false when another process has it in hand
 */
export async function runUpload(context: IngestionContext, uploadId: string, signal: AbortSignal): Promise<boolean> {
  const goOn = (lost: AbortSignal) => goOnWith(context, uploadId, AbortSignal.any([signal, lost]));
  return (await withPlatformLease(context.openLease, uploadLease(uploadId), goOn, LEASE_BEAT)) === true;
}

async function goOnWith(context: IngestionContext, uploadId: string, signal: AbortSignal): Promise<true> {
  const upload = await readUpload(context.sql, uploadId);
  if (upload === null || upload.endedAtMs !== null || upload.state === "awaiting_confirmation") return true;
  try {
    const content = await openContent(context, upload);
    if (upload.state === "received") await checkRows(context, upload, content, signal);
    const now = await readUpload(context.sql, uploadId);
    if (now?.state === "storing") await storeParts(context, now, content, signal);
  } catch (error) {
    if (error instanceof Stopped) return true;
    if (!(error instanceof UploadFault)) throw error;
    await failUpload(context, uploadId, error);
  }
  return true;
}

/** The process ends, or another one may have the upload in hand: what was not committed is begun anew. */
class Stopped extends Error {}

async function openContent(context: IngestionContext, { uploadId, bytes }: UploadView): Promise<Buffer> {
  const parts = await readUploadParts(context.sql, uploadId);
  const content = Buffer.concat(parts.map((part) => context.vault.openPage(part)));
  if (content.length !== bytes) throw new UploadFault("content_expired");
  return content;
}

/** Ends an upload that failed again and again for a reason that nobody foresaw, so that it is not tried for ever. */
export async function giveUpUpload(context: IngestionContext, uploadId: string): Promise<void> {
  await failUpload(context, uploadId, new UploadFault("internal_error"));
}

/** The reading is the same each time, so what is not worth going on with ends here, whatever state it was in. */
async function failUpload(context: IngestionContext, uploadId: string, fault: UploadFault): Promise<void> {
  const { problem, columns } = fault instanceof HeaderFault ? fault.header : { problem: "missing", columns: [] };
  const counts = columns.length > 0 ? { [`${problem}Columns`]: columns.length } : {};
  await beginTransaction(context.sql, async (tx) => {
    await deleteUploadFindings(tx, uploadId);
    const found = columns.map((columnName) => ({ rowNumber: 0, columnName, code: `column_${problem}` }));
    await writeUploadFindings(tx, uploadId, found);
    const end = { uploadId, to: "failed", reason: fault.code, counts, endedAtMs: context.clock() } as const;
    for (const from of ["received", "storing"] as const) await advanceUpload(tx, { ...end, from });
  });
}

function partsOf(context: IngestionContext, upload: UploadView, bytes: Buffer): AsyncGenerator<UploadPart> {
  const { charset, language } = uploadSettings.parse(upload.settings);
  const { source, mediaType, receivedAtMs } = upload;
  const file = { bytes, mediaType, charset, source, receivedAtMs, language: language as Language };
  return judgeUpload(file, UPLOAD_BOUNDS, admissionContextOf(context));
}

/** Judges every row, keeps what is wrong and who is unknown, and says what comes next; all in one transaction. */
async function checkRows(
  context: IngestionContext,
  upload: UploadView,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { uploadId } = upload;
  const settings = uploadSettings.parse(upload.settings);
  const counts = { wrongRows: 0, heldRows: 0, repeatedRows: 0, unknownRows: 0, unknownPeople: 0 };
  const unknown = new Set<string>();
  const recordKeys = new Set<string>();
  let [rowsTotal, erasedRows] = [0, 0];
  await beginTransaction(context.sql, async (tx) => {
    await deleteUploadFindings(tx, uploadId);
    for await (const part of partsOf(context, upload, bytes)) {
      if (signal.aborted) throw new Stopped();
      rowsTotal += part.rowNumbers.length;
      const found = await findingsOf(context, part, recordKeys);
      for (const { code } of found.findings) {
        if (code === "person_unknown") counts.unknownRows += 1;
        else if (code === "identity_conflict") counts.heldRows += 1;
        else if (code === "record_repeated") counts.repeatedRows += 1;
        else if (code === "erased") erasedRows += 1;
      }
      counts.wrongRows += found.refused;
      for (const person of found.unknown) unknown.add(ownText(person));
      await writeUploadFindings(tx, uploadId, found.findings);
    }
    counts.unknownPeople = unknown.size;
    const isStopped = settings.mode === "all-or-nothing" && counts.wrongRows > 0;
    const waits = unknown.size > 0 && settings.unknownPeople === "ask";
    const to = isStopped ? "failed" : waits ? "awaiting_confirmation" : "storing";
    const end = isStopped ? { reason: "rows_invalid", endedAtMs: context.clock() } : {};
    const said = erasedRows === 0 ? counts : { ...counts, erasedRows };
    const isMoved = await advanceUpload(tx, { uploadId, from: "received", to, rowsTotal, counts: said, ...end });
    // Another one has moved it on, by findings of its own that are in force.
    if (!isMoved) throw new Stopped();
  });
}

interface FoundInPart {
  readonly findings: readonly UploadFinding[];
  readonly refused: number;
  readonly unknown: ReadonlySet<string>;
}

/** @param recordKeys those of the parts before; the ones of this part are added */
async function findingsOf(context: IngestionContext, part: UploadPart, recordKeys: Set<string>): Promise<FoundInPart> {
  const personOf = (row: UploadPart["judged"][number]) =>
    row.kind === "version" ? row.version.practitionerId : row.row.practitionerId;
  const people = [...new Set(part.judged.flatMap((row) => personOf(row) ?? []))];
  const [known, erased] = await Promise.all([readKnownNames(context.sql, people), readErased(context.sql, people)]);
  const findings: UploadFinding[] = [];
  const unknown = new Set<string>();
  let refused = 0;
  for (const [index, row] of part.judged.entries()) {
    const rowNumber = part.rowNumbers[index] ?? 0;
    // Whatever else is wrong with it.
    if (erased.has(personOf(row) ?? "")) {
      refused += 1;
      findings.push({ rowNumber, columnName: columnOf("erased", undefined), code: "erased" });
      continue;
    }
    if (row.kind === "refused") {
      refused += 1;
      const errors = part.errors.get(index) ?? [];
      const { code } = row.row;
      const lost = part.rounded.get(index) ?? [];
      for (const { path, code: said } of errors.length === 0 ? [{ path: undefined, code }] : errors) {
        const columnName = columnOf(code, path);
        findings.push({ rowNumber, columnName, code: lost.includes(columnName) ? "number_rounded" : said });
      }
      continue;
    }
    const { recordKey, practitionerId } = row.version;
    if (recordKeys.has(recordKey)) {
      findings.push({ rowNumber, columnName: columnOf("record_repeated", undefined), code: "record_repeated" });
    }
    recordKeys.add(ownText(recordKey));
    const knownAs = known.get(practitionerId);
    if (knownAs === undefined) {
      unknown.add(practitionerId);
      findings.push({ rowNumber, columnName: columnOf("person_unknown", undefined), code: "person_unknown" });
    } else if (!isKnownName(row.version, knownAs, context.nameVariants ?? "hold")) {
      findings.push({ rowNumber, columnName: columnOf("identity_conflict", undefined), code: "identity_conflict" });
    }
  }
  return { findings, refused, unknown };
}

/** Stores what is good, and everybody who was confirmed, in batches of the same rows each time. */
async function storeParts(
  context: IngestionContext,
  upload: UploadView,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { uploadId, source, receivedAtMs } = upload;
  const settings = uploadSettings.parse(upload.settings);
  const leftOut =
    settings.unknownPeople === "leave-out"
      ? await readUploadRowsWith(context.sql, uploadId, "person_unknown")
      : new Set<number>();
  const requestKey = requestKeyOf(source, "upload", uploadId);
  const stored = await readStoredUploadParts(context.sql, uploadId);
  let rowsDone = 0;
  const outcomes: Record<string, number> = {};
  for await (const part of partsOf(context, upload, bytes)) {
    if (signal.aborted) return;
    rowsDone += part.rowNumbers.length;
    const taken = part.judged.filter(
      (row, index) => row.kind === "version" && !leftOut.has(part.rowNumbers[index] ?? 0),
    );
    if (taken.length === 0) continue;
    const earlier = stored.get(part.part);
    if (earlier !== undefined) {
      // Idempotency keys are forgotten sooner than an upload may wait.
      for (const [, outcome] of (await readBatch(context.sql, earlier))?.receipts ?? []) count(outcomes, outcome);
      continue;
    }
    const raw = JSON.stringify(taken.map((row) => part.records[row.index]));
    const once = { requestKey, part: part.part, bodyDigest: sha256Hex(raw) };
    const { batchId, receipts } = await storePush(context, { source, judged: taken, raw, receivedAtMs, once });
    for (const { outcome } of receipts) count(outcomes, outcome);
    await noteUploadBatch(context.sql, { uploadId, part: part.part, batchId, rows: taken.length, rowsDone });
  }
  const counts = { ...upload.counts, ...outcomes };
  await advanceUpload(context.sql, { uploadId, from: "storing", to: "stored", counts, endedAtMs: context.clock() });
}

function count(outcomes: Record<string, number>, outcome: string): void {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}
