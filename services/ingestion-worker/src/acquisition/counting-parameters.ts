import type { HttpJsonConnection } from "@xueshi/platforms";

/** The parameters of a list that count pages and rows: a JSON body carries them as numbers. */
export function countingParameters(paging: HttpJsonConnection["paging"]): readonly string[] {
  switch (paging.kind) {
    case "page-by-update-time":
      return [paging.pageIndexParameter, paging.pageSizeParameter];
    case "cursor":
      return [paging.limitParameter];
    case "page":
      return [paging.indexParameter, paging.pageSizeParameter];
    case "link":
      return [];
  }
}
