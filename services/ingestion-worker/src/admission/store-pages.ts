import { advancePull, writeCursor } from "@xueshi/database";
import { mapRow, type Platform, parsedContent } from "@xueshi/platforms";
import type { PulledPage } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { hintPosting } from "./hint-posting.ts";
import { type IncomingRow, type JudgedRow, judgeRows, type OrdinalCounter } from "./judge-rows.ts";
import { retainUntil } from "./retain-until.ts";
import { storeRows } from "./store-rows.ts";

const LINE_BREAK = Buffer.from("\n");

/**
 * Stores pages of a pull as one batch: rows, receipts, the raw pages and the cursor behind them in one transaction, so
 * the cursor is never ahead of the rows (ARCHITECTURE.md, invariant 13). The ledger is told afterwards.
 */
export async function storePages(
  context: IngestionContext,
  platform: Platform,
  pullId: string,
  pages: readonly PulledPage[],
  ordinals: OrdinalCounter,
): Promise<void> {
  const judged: JudgedRow[] = [];
  let totalRows = 0;
  let firstIndex = 0;
  for (const page of pages) {
    const rows = page.rows.map((row) => incomingRow(platform, row));
    const place = { firstIndex, file: page.file?.name ?? null };
    const result = judgeRows(platform.name, rows, ordinals, admissionContextOf(context.vault), place);
    for (const row of result.judged) judged.push(row);
    totalRows += result.totalRows;
    firstIndex += rows.length;
  }
  const batchId = context.newId();
  const receivedAtMs = context.clock();
  const last = pages.at(-1);
  const raw = Buffer.concat(pages.flatMap((page) => [page.body, LINE_BREAK]));
  const sealedPage = {
    sealed: context.vault.sealPage(raw),
    retainUntil: retainUntil(receivedAtMs, context.retentionDays),
  };
  await context.sql.begin(async (tx) => {
    await storeRows(
      tx,
      {
        batchId,
        source: platform.name,
        origin: "pull",
        pullId,
        closesPull: false,
        completeUntilMs: null,
        receivedAtMs,
        judged,
        totalRows,
        occurrenceMode: rereadsRows(platform) ? "ordinal" : "count",
        raw: sealedPage,
      },
      context.vault,
      context.knownPeople,
    );
    await Promise.all([
      last === undefined ? undefined : writeCursor(tx, platform.name, last.cursorAfter, receivedAtMs),
      advancePull(tx, {
        pullId,
        pages: pages.length,
        rows: firstIndex,
        rowsReread: pages.reduce((sum, page) => sum + page.rowsReread, 0),
        advertisedTotal: last?.file === null ? last.advertisedTotal : null,
      }),
    ]);
  });
  for (const row of judged) if (row.kind === "version") context.knownPeople.add(row.version.practitionerId);
  await hintPosting(context, batchId);
}

/** Only an opaque cursor resumes exactly; every other way of reading may bring rows a second time. */
function rereadsRows(platform: Platform): boolean {
  return platform.connection.transport === "file" || platform.connection.paging.kind !== "cursor";
}

function incomingRow(platform: Platform, raw: unknown): IncomingRow {
  const mapped = mapRow(platform, raw);
  switch (mapped.kind) {
    case "total_row":
      return mapped;
    case "malformed":
      return { kind: "malformed", recordId: mapped.recordId, content: parsedContent(platform, raw) };
    case "record":
      return { kind: "record", record: mapped.record, content: parsedContent(platform, raw) };
  }
}
