import type { Platform } from "@xueshi/platforms";

/** Whether each pull reads all there is, from the first page to the last. */
export function readsSnapshots({ connection }: Platform): boolean {
  if (connection.transport !== "http-json") return false;
  const { paging } = connection;
  return paging.kind === "page" || (paging.kind === "link" && paging.resume.kind === "none");
}
