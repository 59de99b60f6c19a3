import type { Fault, FaultQueue, HttpPlatform } from "./faults.ts";
import type { Reply } from "./serve-platform.ts";

const SHORT_LIST_ROWS_MAX = 8;

/** The ways to write one page: as it is, cut to its last rows, or as if there were nothing. */
export type RowsWriter = { whole: () => Reply; last: (rowsKept: number) => Reply; none: () => Reply };

/**
 * Answers requests for rows, under the fault whose turn it is.
 * @returns a function of the number of rows of the page and the ways to write it
 */
export function createRowsAnswer(faults: FaultQueue, platform: HttpPlatform) {
  let before: Reply | null = null;
  return (rowCount: number, write: RowsWriter): Reply => {
    const whole = write.whole();
    const duplicate = before;
    const fault = faults.next(platform, "rows", (candidate) => canStrike(candidate, rowCount, whole, duplicate));
    before = whole;
    if (fault?.kind === "empty_list") return { ...write.none(), fault };
    if (fault?.kind === "short_list") return { ...write.last(fault.rowsMax ?? SHORT_LIST_ROWS_MAX), fault };
    if (fault?.kind === "duplicate_page" && duplicate !== null) return { ...duplicate, fault };
    return { ...whole, fault };
  };
}

function canStrike(fault: Fault, rowCount: number, whole: Reply, before: Reply | null): boolean {
  switch (fault.kind) {
    case "empty_list":
    case "schema_drift":
      return rowCount > 0;
    case "short_list":
      return rowCount > (fault.rowsMax ?? SHORT_LIST_ROWS_MAX);
    case "duplicate_page":
      return before !== null && !before.body.equals(whole.body);
    default:
      return true;
  }
}
