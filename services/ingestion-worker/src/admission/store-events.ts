import type { PullEnd, PullEvent, PulledPage } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { filesOf, type PullRun, storePages } from "./store-pages.ts";

/** Pages of a slow platform are not kept waiting longer than this for others to be stored with. */
const BATCH_MS_MAX = 1_000;

/** What came of a pull's events. */
export interface StoredEvents {
  readonly end: PullEnd;
  /** Rows that were not read before. */
  readonly rowsNew: number;
  /** Rows of each file that was taken. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Stores pages in batches while the next ones are read; one batch is on its way at a time, so they stay in order. A batch
 * is full by its rows or by time: what a process had read when it dies is read again, so a platform that takes long for
 * `batchRows` would never be got on with by processes that do not live that long.
 * @param afterBatch called when a batch is stored, before the next rows are asked for
 */
export async function storeEvents(
  context: IngestionContext,
  run: PullRun,
  events: AsyncIterable<PullEvent>,
  afterBatch: (() => Promise<void>) | null = null,
): Promise<StoredEvents> {
  const files: Record<string, number> = {};
  let pages: PulledPage[] = [];
  let rows = 0;
  let rowsNew = 0;
  let storing: Promise<number> = Promise.resolve(0);
  let end: PullEnd | null = null;
  let flushedAtMs = context.clock();
  const flush = async (): Promise<void> => {
    rowsNew += await storing;
    storing = Promise.resolve(0);
    if (pages.length === 0) return;
    storing = storePages(context, run, pages);
    // The failure is thrown by the next await of `storing`; until then it must not count as unhandled.
    storing.catch(() => {});
    pages = [];
    rows = 0;
    flushedAtMs = context.clock();
  };
  for await (const event of events) {
    if (event.kind === "end") {
      end = event;
      break;
    }
    pages.push(event);
    rows += event.rows.length;
    Object.assign(files, filesOf([event]));
    if (rows < context.batchRows && context.clock() - flushedAtMs < BATCH_MS_MAX) continue;
    await flush();
    if (afterBatch === null) continue;
    rowsNew += await storing;
    storing = Promise.resolve(0);
    await afterBatch();
  }
  await flush();
  rowsNew += await storing;
  if (end === null) throw new Error("a pull yields an end");
  return { end, rowsNew, files };
}
