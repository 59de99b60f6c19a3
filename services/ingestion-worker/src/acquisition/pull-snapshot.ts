import { createHash, hash } from "node:crypto";
import type { PullContext } from "./pull-context.ts";
import type { PullEvent, PullReason } from "./pull-event.ts";
import { PullTally } from "./pull-tally.ts";

export interface PassPage {
  readonly rows: readonly unknown[];
  /** The body as received. */
  readonly bytes: Uint8Array;
  /** Rows of the whole listing, by this answer; null: it does not say. */
  readonly total: number | null;
}

/**
 * Behind the first page these may come of rows that were put in or taken out before it, as well as of a platform that is
 * broken: another pass tells.
 */
const MAY_HAVE_MOVED: ReadonlySet<PullReason> = new Set(["list_empty", "no_progress"]);

/** Reads a listing once from its first page; returns null at its end, or why that was not reached. */
export type ReadPass = () => AsyncGenerator<PassPage, PullReason | null, undefined>;

export interface SnapshotRules {
  readonly passesMax: number;
  readonly rowsRepeat: boolean;
}

/**
 * Pulls all of a listing that has no position to come back to, so that what moves while it is read is not missed: passes
 * are read until two in a row bring the same rows in the same order, and each row is given out once, whichever pass
 * brings it. The pull is complete then; after `passesMax` passes without it is `order_broken`.
 *
 * What that proves: a pass misses a row only if the listing changed under it. A pass without a change is whole, and one
 * that equals it has missed nothing either. So every row that was there when the pull began has come, unless the listing
 * changed in both of the last two passes and in ways that hid the same rows from both. A row that comes twice in one
 * pass is a sign of such changes, or of an order that is not fixed: that pass agrees with none (see `rowsRepeat`).
 * Rows are told apart by 128 bits of a digest; they take some 250 bytes of memory each while the pull runs.
 */
export async function* pullSnapshot(
  readPass: ReadPass,
  rules: SnapshotRules,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const tally = new PullTally(context.clock());
  const given: Counts = new Map();
  let before: string | null = null;
  let reason: PullReason = "order_broken";
  for (let pass = 1; pass <= rules.passesMax; pass += 1) {
    const scan = new PassScan(given);
    const pages = readPass();
    let step = await pages.next();
    for (; step.done !== true; step = await pages.next()) {
      const { rows, bytes, total } = step.value;
      if (total !== null) tally.advertise(total);
      const { rowsNew, rowsAgain } = scan.take(rows);
      if (rowsNew.length === 0) continue;
      yield tally.count({
        kind: "page",
        rows: rowsNew,
        rowsAgain,
        body: bytes,
        cursorAfter: { rowsRead: given.size },
        advertisedTotal: total,
        file: null,
      });
    }
    const isFinal = step.value !== null && !(scan.rows > 0 && MAY_HAVE_MOVED.has(step.value));
    if (isFinal) return yield tally.end(step.value);
    reason = step.value ?? "order_broken";
    const isSteady = step.value === null && (rules.rowsRepeat || !scan.hasRepeats);
    const after = isSteady ? scan.digest() : null;
    if (after !== null && after === before) return yield tally.end(null);
    before = after;
  }
  yield tally.end(reason);
}

/** How often each row came, by its digest. */
type Counts = Map<string, number>;

/** The rows of one pass, against those that any pass has given out. */
class PassScan {
  readonly #given: Counts;
  readonly #met: Counts = new Map();
  readonly #sequence = createHash("sha256");
  #hasRepeats = false;
  #rows = 0;

  constructor(given: Counts) {
    this.#given = given;
  }

  get hasRepeats(): boolean {
    return this.#hasRepeats;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The rows that no pass gave out as often as they have come in this one, and the others. */
  take(rows: readonly unknown[]): { readonly rowsNew: readonly unknown[]; readonly rowsAgain: readonly unknown[] } {
    this.#rows += rows.length;
    const rowsNew: unknown[] = [];
    const rowsAgain: unknown[] = [];
    for (const row of rows) {
      const key = hash("sha256", JSON.stringify(row), "binary").slice(0, 16);
      this.#sequence.update(key, "binary");
      const nth = (this.#met.get(key) ?? 0) + 1;
      this.#met.set(key, nth);
      if (nth > 1) this.#hasRepeats = true;
      const isNew = nth > (this.#given.get(key) ?? 0);
      if (isNew) this.#given.set(key, nth);
      (isNew ? rowsNew : rowsAgain).push(row);
    }
    return { rowsNew, rowsAgain };
  }

  /** Of the rows in the order in which they came; call once, at the end. */
  digest(): string {
    return this.#sequence.digest("hex");
  }
}
