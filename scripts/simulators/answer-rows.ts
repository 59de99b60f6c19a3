import { shuffled } from "./draw.ts";
import type { Fault, FaultQueue, HttpPlatform } from "./faults.ts";
import type { Reply } from "./serve-platform.ts";

const SHORT_LIST_ROWS_MAX = 8;

/** A page of hours: its rows, the ways to write it, and where in its platform's order it begins. */
export type PageToAnswer = {
  start: number;
  rowCount: number;
  whole: () => Reply;
  /** The page with these rows instead, JSON texts; all else as if it were whole. */
  withRows: (rows: readonly Buffer[]) => Reply;
  /** Its rows, one by one. */
  rows: () => readonly Buffer[];
  /** As if there were nothing. */
  none: () => Reply;
  /** With total rows among the others; null: the platform has none. */
  withTotals: ((salt: number) => Reply) | null;
};

/**
 * Answers requests for rows, under the fault whose turn it is.
 * @returns a function of the page that would be answered
 */
export function createRowsAnswer(faults: FaultQueue, platform: HttpPlatform) {
  let before: { reply: Reply; start: number } | null = null;
  return (page: PageToAnswer): Reply => {
    const whole = page.whole();
    // A page from further back: yesterday's answer to the same question is what a platform without news says.
    const duplicate = before !== null && before.start < page.start ? before.reply : null;
    const fault = faults.next(platform, "rows", (candidate) => canStrike(candidate, page, whole, duplicate));
    const reply = fault === null ? whole : rewrite(fault, page, whole, duplicate);
    // A right page: the one that is due, or the one with total rows, which ends elsewhere.
    before = { reply: fault?.kind === "total_rows" ? reply : whole, start: page.start };
    return { ...reply, fault };
  };
}

function rewrite(fault: Fault, page: PageToAnswer, whole: Reply, duplicate: Reply | null): Reply {
  switch (fault.kind) {
    case "empty_list":
      return page.none();
    case "short_list":
      return page.withRows(page.rows().slice(-(fault.rowsMax ?? SHORT_LIST_ROWS_MAX)));
    case "half_page":
      return page.withRows(page.rows().slice(0, page.rowCount >>> 1));
    case "reordered_rows":
      return page.withRows(reordered(page.rows(), fault.salt ?? 0));
    case "total_rows":
      return page.withTotals?.(fault.salt ?? 0) ?? whole;
    case "duplicate_page":
      return duplicate ?? whole;
    default:
      return whole;
  }
}

function canStrike(fault: Fault, page: PageToAnswer, whole: Reply, before: Reply | null): boolean {
  switch (fault.kind) {
    case "empty_list":
    case "schema_drift":
      return page.rowCount > 0;
    case "short_list":
      return page.rowCount > (fault.rowsMax ?? SHORT_LIST_ROWS_MAX);
    case "half_page":
      return page.rowCount > 1;
    case "reordered_rows":
      return !page.withRows(reordered(page.rows(), fault.salt ?? 0)).body.equals(whole.body);
    case "total_rows":
      return page.withTotals !== null;
    case "duplicate_page":
      return before !== null && !before.body.equals(whole.body);
    case "wrong_encoding":
      return whole.body.some((byte) => byte > 0x7f);
    default:
      return true;
  }
}

/** Another order wherever there is one: at the least the first row comes last. */
function reordered(rows: readonly Buffer[], salt: number): readonly Buffer[] {
  const order = shuffled(rows, salt);
  return order.every((row, index) => row === rows[index]) ? [...rows.slice(1), ...rows.slice(0, 1)] : order;
}
