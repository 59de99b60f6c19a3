import {
  decodeCursor,
  fieldError,
  getBatchRoute,
  getRecordRoute,
  LIMITS,
  parseWithdrawal,
  pushRecordsRoute,
  type Receipt,
  type ReceiptChoice,
  type StreamedLine,
  validateRecordsRoute,
  withdrawRecordRoute,
} from "@xueshi/contracts";
import { parseInstant } from "@xueshi/domain";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../cursor-problem.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { elementsOf } from "./archive-lines.ts";
import { cutParts } from "./cut-parts.ts";
import { pushLines } from "./push-lines.ts";
import { presentStoredReceipt, pushRecords } from "./push-records.ts";
import { readBatchView } from "./read-batch-view.ts";
import { readRecordView } from "./read-record-view.ts";
import { requestKeyOf } from "./request-key.ts";
import { sourceAsked } from "./source-asked.ts";
import { type StreamSlots, takeSlot, withSlot } from "./stream-slots.ts";
import { validateRecords } from "./validate-records.ts";
import { withdrawRecord } from "./withdraw-record.ts";

const batchPosition = z.strictObject({ from: z.int().min(0) });
/** What needs somebody's attention: the record does not stand as it was sent. */
const PROBLEMS: ReadonlySet<string> = new Set(["refused", "held", "conflict"]);
const WANTED: Readonly<Record<ReceiptChoice, (receipt: Receipt) => boolean>> = {
  all: () => true,
  problems: ({ outcome }) => PROBLEMS.has(outcome),
  none: () => false,
};
/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
const REPLAYED = { "Idempotency-Replayed": "true" } as const;

const PART_SIZE = { linesMax: LIMITS.recordsPerPart, bytesMax: LIMITS.recordBytesPerPart };

/** Operations for sources that push. The source is always the one that the key is bound to. */
export function addAdmissionRoutes(app: App, context: IngestionContext): void {
  addPushRoutes(app, context, new Map());
  addRecordRoutes(app, context);
}

function addPushRoutes(app: App, context: IngestionContext, slots: StreamSlots): void {
  app.route(pushRecordsRoute, async ({ query, body }, call) => {
    const origin = { source: call.principal.name, receivedAtMs: call.receivedAtMs, language: call.language };
    const keyFor = (operation: string) => requestKey(call, operation);
    if (body.form === "lines") {
      const isWanted = WANTED[query.receipts ?? "all"];
      const stream = { ...origin, lines: body.lines, requestKey: keyFor("records-lines"), partSize: PART_SIZE };
      const texts = pushLines(context, { ...stream, isWanted });
      return { status: 202, lineTexts: withSlot(slots, origin.source, texts) };
    }
    const push = { ...origin, records: body.value.records, requestKey: keyFor("records") };
    const { response, isReplayed } = await pushRecords(context, push);
    return { status: 202, json: response, ...(isReplayed ? { headers: REPLAYED } : {}) };
  });
  app.route(validateRecordsRoute, async ({ body }, call) => {
    const origin = { source: call.principal.name, receivedAtMs: call.receivedAtMs, language: call.language };
    if (body.form === "json") {
      const elements = body.value.records.map((value) => ({ value }));
      return { status: 200, json: { receipts: await validateRecords(context, [elements], origin) } };
    }
    const giveBack = takeSlot(slots, origin.source);
    try {
      const parts: (readonly StreamedLine[])[] = [];
      for await (const part of cutParts(body.lines, PART_SIZE)) parts.push(part);
      const receipts = await validateRecords(context, parts.map(elementsOf), origin);
      const numbers = parts.flat().map(({ line }) => line);
      return { status: 200, lines: receipts.map(({ index, ...said }) => ({ line: numbers[index] ?? 0, ...said })) };
    } finally {
      giveBack();
    }
  });
}

function addRecordRoutes(app: App, context: IngestionContext): void {
  app.route(getRecordRoute, async ({ params, query }, call) => {
    const source = sourceAsked(call.principal, query.source, call.language);
    const view = await readRecordView(context, { source, recordId: params.recordId }, call.language);
    if (view === null) throw new HttpProblem("record_not_found");
    return { status: 200, json: view };
  });
  app.route(withdrawRecordRoute, async ({ params, query, body }, call) => {
    const parsed = parseWithdrawal(body, query, call.language);
    if (!parsed.ok) throw new HttpProblem("validation_failed", { errors: parsed.errors });
    const { reason, updateTime } = parsed.value;
    const updateTimeMs = updateTime == null ? null : parseInstant(updateTime.trim());
    if (updateTime != null && updateTimeMs === null) {
      throw new HttpProblem("validation_failed", {
        errors: [fieldError("updateTime", "instant_invalid", call.language)],
      });
    }
    const withdrawal = {
      source: call.principal.name,
      recordId: params.recordId,
      reason,
      updateTimeMs,
      receivedAtMs: call.receivedAtMs,
      requestKey: requestKey(call, "withdrawal"),
    };
    const stored = await withdrawRecord(context, withdrawal);
    if (stored === null) throw new HttpProblem("record_not_found");
    const receipts = stored.receipts.map((receipt) => presentStoredReceipt(receipt, call.language));
    const headers = stored.isReplayed ? { headers: REPLAYED } : {};
    return { status: 202, json: { batchId: stored.batchId, receipts }, ...headers };
  });
  app.route(getBatchRoute, async ({ params, query }, call) => {
    const position = query.cursor === undefined ? { from: 0 } : decodeCursor(query.cursor, batchPosition);
    if (position === null) throw cursorProblem(call.language);
    const view = await readBatchView(context, {
      batchId: params.batchId,
      source: call.principal.kind === "source" ? call.principal.name : null,
      from: position.from,
      limit: query.limit ?? LIMITS.pageSizeDefault,
    });
    if (view === null) throw new HttpProblem("batch_not_found");
    return { status: 200, json: view };
  });
}

function requestKey(
  call: { readonly idempotencyKey: string | null; readonly principal: { readonly name: string } },
  operation: string,
): string | null {
  return call.idempotencyKey === null ? null : requestKeyOf(call.principal.name, operation, call.idempotencyKey);
}
