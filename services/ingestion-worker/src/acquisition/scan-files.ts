import type { FileConnection, Platform } from "@xueshi/platforms";
import { z } from "zod";
import { exportRows } from "./export-rows.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullEvent, PulledPage, RefusedFile } from "./pull-event.ts";
import { PullTally } from "./pull-tally.ts";
import { readArrivals } from "./read-arrivals.ts";
import { type ExportFile, readExport } from "./read-export.ts";

const filesCursor = z.object({ files: z.record(z.string(), z.string()) });

type TakenFiles = Readonly<Record<string, string>>;

/**
 * Takes the complete files of a folder that were not taken before, in the order of their names, and yields their rows.
 * A file that has changed since it was taken is taken again. One that has not fully arrived is left out as a whole; the
 * files after it are taken, but the scan is then `partial`. Yields pages, then one {@link PullEnd}.
 * @param cursor the `cursorAfter` of the last stored page; null: nothing was taken before
 * @throws TypeError when the platform does not send files
 */
export async function* scanFiles(
  platform: Platform,
  folder: string,
  cursor: unknown,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const { connection } = platform;
  if (connection.transport !== "file") throw new TypeError(`${platform.name} does not send files.`);
  const tally = new PullTally(context.clock());
  const stored = filesCursor.safeParse(cursor);
  let taken: TakenFiles = stored.success ? stored.data.files : {};
  const arrivals = await readArrivals(folder, connection);
  const names = arrivals?.names ?? [];
  if (arrivals === null || names.length === 0 || names.length > connection.filesMax) {
    yield tally.end(arrivals === null ? "folder_unreadable" : names.length === 0 ? "list_empty" : "files_too_many");
    return;
  }
  const refused: RefusedFile[] = [];
  for (const name of names) {
    if (context.signal.aborted) {
      yield tally.end("aborted", refused);
      return;
    }
    const sha256Taken = Object.hasOwn(taken, name) ? (taken[name] ?? null) : null;
    const note = await arrivals.noteOf(name);
    const file = await readExport(connection, { folder, name, note, sha256Taken }, context.clock());
    if (file.kind === "refused") {
      context.logger.warn("export file not taken", { platform: platform.name, file: name, reason: file.reason });
      refused.push({ name, reason: file.reason });
    }
    if (file.kind !== "whole") continue;
    const takenAfter = { ...taken, [name]: file.sha256 };
    for await (const page of pagesOf(name, file, connection, taken, takenAfter)) yield tally.count(page);
    taken = takenAfter;
  }
  yield tally.end(refused[0]?.reason ?? null, refused);
}

async function* pagesOf(
  name: string,
  file: Extract<ExportFile, { kind: "whole" }>,
  connection: FileConnection,
  takenBefore: TakenFiles,
  takenAfter: TakenFiles,
): AsyncGenerator<PulledPage, void, undefined> {
  const { sha256, rowCount } = file;
  let rowsYielded = 0;
  for await (const rows of exportRows(file.bytes, connection)) {
    rowsYielded += rows.length;
    const isLastPage = rowsYielded >= rowCount;
    yield {
      kind: "page",
      rows,
      rowsAgain: [],
      body: Buffer.from(JSON.stringify(rows)),
      cursorAfter: { files: isLastPage ? takenAfter : takenBefore },
      advertisedTotal: rowCount,
      file: { name, sha256, isLastPage },
    };
  }
}
