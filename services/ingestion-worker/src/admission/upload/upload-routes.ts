import {
  cancelUploadRoute,
  confirmUploadRoute,
  decodeCursor,
  encodeCursor,
  FIELD_ERRORS,
  formatInstant,
  getUploadRoute,
  getUploadTemplateRoute,
  HOLD_TEXTS,
  type Language,
  LIMITS,
  listUploadFindingsRoute,
  listUploadsRoute,
  REFUSAL_TEXTS,
  UPLOAD_FAILURE_TEXTS,
  UPLOAD_FINDING_TEXTS,
  UPLOAD_STATE_TEXTS,
  type UploadResponse,
  uploadRecordsRoute,
} from "@xueshi/contracts";
import {
  advanceUpload,
  readArrivalsOfBatches,
  readUpload,
  readUploadBatches,
  readUploadFindings,
  readUploads,
  type UploadView,
} from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { type StreamSlots, takeSlot } from "../stream-slots.ts";
import { hintUpload } from "./hint-upload.ts";
import { CSV_TYPE, XLSX_TYPE } from "./read-upload-rows.ts";
import { receiveUpload } from "./receive-upload.ts";
import { uploadSettings } from "./run-upload.ts";
import { writeCsvTemplate, writeXlsxTemplate } from "./write-template.ts";

const listPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const findingPosition = z.strictObject({ row: z.int(), column: z.string() });
/** What a person reads of each code that a finding can carry. */
const FINDING_TEXTS = { ...FIELD_ERRORS, ...REFUSAL_TEXTS, ...HOLD_TEXTS, ...UPLOAD_FINDING_TEXTS };

/** Operations for tables of hours that people upload. */
export function addUploadRoutes(app: App, context: IngestionContext): void {
  addReceivingRoutes(app, context, new Map());
  addReadingRoutes(app, context);
  addDecidingRoutes(app, context);
}

function addReceivingRoutes(app: App, context: IngestionContext, slots: StreamSlots): void {
  app.route(getUploadTemplateRoute, async ({ query }) => {
    const isCsv = query.format === "csv";
    const disposition = `attachment; filename="template.${isCsv ? "csv" : "xlsx"}"; filename*=UTF-8''${FILE_NAME}.${isCsv ? "csv" : "xlsx"}`;
    const bytes = isCsv ? writeCsvTemplate() : await writeXlsxTemplate();
    const headers = { "Content-Disposition": disposition };
    return { status: 200, bytes, contentType: isCsv ? CSV_TYPE : XLSX_TYPE, headers };
  });
  app.route(uploadRecordsRoute, async ({ query, body }, call) => {
    // A file is held in memory until it is on disk.
    const giveBack = takeSlot(slots, call.principal.name);
    try {
      const { upload, isKnown } = await receiveUpload(context, {
        ...body,
        source: call.principal.name,
        mode: query.mode ?? "rows",
        again: query.again === "true",
        language: call.language,
        receivedAtMs: call.receivedAtMs,
      });
      return { status: isKnown ? 200 : 202, json: await presentUpload(context, upload, call.language) };
    } finally {
      giveBack();
    }
  });
}

function addReadingRoutes(app: App, context: IngestionContext): void {
  app.route(listUploadsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, listPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const before = position === null ? null : { receivedAtMs: position.at, uploadId: position.id };
    const found = await readUploads(context.sql, { source: sourceOf(call), before, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.receivedAtMs, id: last.uploadId });
    const uploads = await Promise.all(page.map((upload) => presentUpload(context, upload, call.language)));
    return { status: 200, json: { uploads, nextCursor } };
  });
  app.route(getUploadRoute, async ({ params }, call) => {
    const upload = await uploadSeenBy(context, params.uploadId, call);
    return { status: 200, json: await presentUpload(context, upload, call.language) };
  });
  app.route(listUploadFindingsRoute, async ({ params, query }, call) => {
    const { uploadId } = await uploadSeenBy(context, params.uploadId, call);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, findingPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const after = position === null ? null : { rowNumber: position.row, columnName: position.column };
    const found = await readUploadFindings(context.sql, { uploadId, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ row: last.rowNumber, column: last.columnName });
    const findings = page.map(({ rowNumber, columnName, code }) => ({
      ...{ row: rowNumber, column: columnName, code, message: findingMessage(code, call.language) },
    }));
    return { status: 200, json: { findings, nextCursor } };
  });
}

function addDecidingRoutes(app: App, context: IngestionContext): void {
  app.route(confirmUploadRoute, async ({ params, body }, call) => {
    const upload = await uploadSeenBy(context, params.uploadId, call);
    const settings = { ...uploadSettings.parse(upload.settings), unknownPeople: body.unknownPeople };
    const { uploadId } = upload;
    const step = { uploadId, from: "awaiting_confirmation", to: "storing", settings } as const;
    const isMoved = await advanceUpload(context.sql, { ...step, confirmedAtMs: call.receivedAtMs });
    if (!isMoved) throw new HttpProblem("upload_state_conflict");
    await hintUpload(context, uploadId);
    return {
      status: 202,
      json: await presentUpload(context, await uploadSeenBy(context, uploadId, call), call.language),
    };
  });
  app.route(cancelUploadRoute, async ({ params }, call) => {
    const { uploadId } = await uploadSeenBy(context, params.uploadId, call);
    const step = { uploadId, from: "awaiting_confirmation", to: "failed", reason: "cancelled" } as const;
    const isMoved = await advanceUpload(context.sql, { ...step, endedAtMs: call.receivedAtMs });
    if (!isMoved) throw new HttpProblem("upload_state_conflict");
    return {
      status: 200,
      json: await presentUpload(context, await uploadSeenBy(context, uploadId, call), call.language),
    };
  });
}

/** 继续教育学时模板 */
const FILE_NAME = encodeURIComponent("继续教育学时模板");

interface Caller {
  readonly principal: { readonly kind: string; readonly name: string };
}

/** Null: an operator, who sees those of every source. */
function sourceOf({ principal }: Caller): string | null {
  return principal.kind === "source" ? principal.name : null;
}

async function uploadSeenBy(context: IngestionContext, uploadId: string, call: Caller): Promise<UploadView> {
  const upload = await readUpload(context.sql, uploadId);
  const source = sourceOf(call);
  if (upload === null || (source !== null && upload.source !== source)) throw new HttpProblem("upload_not_found");
  return upload;
}

async function presentUpload(
  context: IngestionContext,
  upload: UploadView,
  language: Language,
): Promise<UploadResponse> {
  const batches = await readUploadBatches(context.sql, upload.uploadId);
  const state = upload.state === "stored" && (await arePosted(context, batches)) ? "posted" : upload.state;
  const { rowsTotal, rowsDone, reason } = upload;
  const isOver = state === "stored" || state === "posted";
  const failure = reason === null ? undefined : UPLOAD_FAILURE_TEXTS[reason as keyof typeof UPLOAD_FAILURE_TEXTS];
  return {
    uploadId: upload.uploadId,
    state,
    reason,
    message: (failure ?? UPLOAD_STATE_TEXTS[state]).message[language],
    bytes: upload.bytes,
    sha256: upload.sha256,
    rowsTotal,
    rowsDone: isOver ? (rowsTotal ?? rowsDone) : rowsDone,
    percent: isOver ? 100 : rowsTotal === null || rowsTotal === 0 ? null : Math.floor((rowsDone * 100) / rowsTotal),
    counts: upload.counts,
    batches,
    receivedAt: formatInstant(upload.receivedAtMs),
    endedAt: upload.endedAtMs === null ? null : formatInstant(upload.endedAtMs),
  };
}

async function arePosted(context: IngestionContext, batchIds: readonly string[]): Promise<boolean> {
  const arrivals = await readArrivalsOfBatches(context.sql, batchIds);
  return batchIds.every((batchId) => arrivals.get(batchId)?.isPosted === true);
}

function findingMessage(code: string, language: Language): string {
  const text = Object.hasOwn(FINDING_TEXTS, code) ? FINDING_TEXTS[code as keyof typeof FINDING_TEXTS] : null;
  if (text === null) return code;
  // Limits and lists are not kept with a finding; a sentence with gaps in it would help nobody.
  return text.message[language].includes("{") ? text.title[language] : text.message[language];
}
