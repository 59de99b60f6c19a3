import type { PulledPage } from "../acquisition/pull-event.ts";
import { fileMark } from "./quarantine/open-raw-rows.ts";

const LINE_BREAK = Buffer.from("\n");

/** Pages of a pull as they are kept: each as it came, and before the first page of a file which file it is from. */
export function archivePages(pages: readonly Pick<PulledPage, "body" | "file">[]): Buffer {
  const pieces: Uint8Array[] = [];
  let marked: string | null = null;
  for (const { body, file } of pages) {
    if (file !== null && file.name !== marked) pieces.push(fileMark(file.name), LINE_BREAK);
    marked = file?.name ?? null;
    pieces.push(body, LINE_BREAK);
  }
  return Buffer.concat(pieces);
}
