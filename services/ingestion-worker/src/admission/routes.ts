import {
  decodeCursor,
  fieldError,
  getBatchRoute,
  LIMITS,
  parseWithdrawal,
  pushRecordsRoute,
  withdrawRecordRoute,
} from "@xueshi/contracts";
import { parseInstant } from "@xueshi/domain";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../cursor-problem.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { presentStoredReceipt, pushRecords } from "./push-records.ts";
import { readBatchView } from "./read-batch-view.ts";
import { withdrawRecord } from "./withdraw-record.ts";

const batchPosition = z.strictObject({ from: z.int().min(0) });

/** Operations for sources that push. The source is always the one that the key is bound to. */
export function addAdmissionRoutes(app: App, context: IngestionContext): void {
  app.route(pushRecordsRoute, async ({ body }, call) => {
    const push = {
      source: call.principal.name,
      records: body.records,
      receivedAtMs: call.receivedAtMs,
      language: call.language,
    };
    return { status: 202, json: await pushRecords(context, push) };
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
    };
    const stored = await withdrawRecord(context, withdrawal);
    if (stored === null) throw new HttpProblem("record_not_found");
    const receipts = stored.receipts.map((receipt) => presentStoredReceipt(receipt, call.language));
    return { status: 202, json: { batchId: stored.batchId, receipts } };
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
