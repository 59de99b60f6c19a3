import { type LedgerFinding, shownValue } from "./ledger-finding.ts";

/** Which entries a posting has, as the feed and the outbox keep it: run by run, in three lists of one length. */
export interface KeptRuns {
  readonly postingId: string;
  readonly practitionerIds: readonly string[];
  readonly firstSequences: readonly number[];
  readonly entryCounts: readonly number[];
}

/** A row of the feed. */
export interface KeptFeedRow extends KeptRuns {
  readonly position: number;
  readonly size: number;
}

/** A posting that waits for its position. */
export interface KeptWaiting extends KeptRuns {
  readonly turn: number;
  /** Of its entries, hex, one after the other. */
  readonly hashes: string;
}

/** Entries of one person that follow each other in the feed. */
export interface PlacedRun {
  /** Which of the people. */
  readonly person: number;
  readonly firstSequence: number;
  readonly entryCount: number;
}

const FEED = "ledger.feed";
const OUTBOX = "ledger.outbox";

/**
 * Folds the feed in order of positions, then what waits in order of turns, and checks that every entry of every person is
 * there once, in the order of their chain; that positions have no gaps; and which turns heads can have.
 * Source: ARCHITECTURE.md, "Proof".
 */
export class FeedFold {
  /** Entries that have a position. */
  size: number;
  /** How far each person's chain has been met. */
  readonly covered: Uint32Array;
  readonly findings: LedgerFinding[] = [];
  readonly #people: readonly string[];
  /** Whether all of the feed is met: then chains begin at 1, and turns have bounds. */
  readonly #isWhole: boolean;
  readonly #index: ReadonlyMap<string, number>;
  /**
   * The turns that a person's last posting may have. Postings of a ledger that was older than its feed were given other
   * turns than the least possible ones, so that there are bounds only.
   */
  readonly #turnLeast: Float64Array;
  readonly #turnMost: Float64Array;

  /**
   * @param people everybody who has entries that are met, in order of practitioner id
   * @param from the position from which on the feed is met; what was before it is taken as it is
   */
  constructor(people: readonly string[], from = 0) {
    this.#people = people;
    this.size = from;
    this.#isWhole = from === 0;
    this.#index = new Map(people.map((practitionerId, at) => [practitionerId, at]));
    this.covered = new Uint32Array(people.length);
    this.#turnLeast = new Float64Array(people.length);
    this.#turnMost = new Float64Array(people.length);
  }

  #differs(table: string, key: string, field: string | null, expected: unknown, found: unknown): void {
    if (expected === found) return;
    const shown = (value: unknown) => shownValue(value as string | number | null);
    this.findings.push({
      code: "feed_differs",
      ...{ table, key, field },
      expected: shown(expected),
      found: shown(found),
    });
  }

  /** The next row of the feed; its runs, as far as they are of people who have entries. */
  addRow(row: KeptFeedRow): PlacedRun[] {
    const key = String(row.position);
    this.#differs(FEED, key, "position", this.size, row.position);
    this.#differs(FEED, key, "size", sumOf(row.entryCounts), row.size);
    this.size += sumOf(row.entryCounts);
    const runs = this.#addRuns(FEED, key, row);
    this.#turn(runs, null);
    return runs;
  }

  /** The next posting that waits. */
  addWaiting(row: KeptWaiting): PlacedRun[] {
    const key = `${row.postingId}/${row.turn}`;
    const runs = this.#addRuns(OUTBOX, key, row);
    const [least, most] = this.#turn(runs, row.turn);
    const turn = Math.min(Math.max(row.turn, least), most);
    this.#differs(OUTBOX, key, "turn", turn, row.turn);
    return runs;
  }

  #addRuns(table: string, key: string, row: KeptRuns): PlacedRun[] {
    const { practitionerIds, firstSequences, entryCounts } = row;
    this.#differs(table, key, "first_sequences", practitionerIds.length, firstSequences.length);
    this.#differs(table, key, "entry_counts", practitionerIds.length, entryCounts.length);
    const runs: PlacedRun[] = [];
    practitionerIds.forEach((practitionerId, at) => {
      const before = practitionerIds[at - 1] ?? "";
      if (before >= practitionerId) this.#differs(table, key, "practitioner_ids", `after ${before}`, practitionerId);
      const person = this.#index.get(practitionerId);
      const [firstSequence = 0, entryCount = 0] = [firstSequences[at], entryCounts[at]];
      if (person === undefined) {
        this.#differs(table, key, "practitioner_ids", null, practitionerId);
        return;
      }
      const covered = this.covered[person] ?? 0;
      const next = this.#isWhole || covered > 0 ? covered + 1 : Math.max(1, firstSequence);
      this.#differs(table, key, "first_sequences", `${practitionerId}/${next}`, `${practitionerId}/${firstSequence}`);
      if (!(entryCount > 0)) this.#differs(table, key, "entry_counts", "at least 1", entryCount);
      this.covered[person] = Math.max(0, firstSequence + entryCount - 1);
      runs.push({ person, firstSequence, entryCount });
    });
    return runs;
  }

  #turn(runs: readonly PlacedRun[], turn: number | null): [number, number] {
    if (!this.#isWhole) return [turn ?? 0, turn ?? 0];
    let [least, most] = [1, 1];
    for (const { person, firstSequence, entryCount } of runs) {
      least = Math.max(least, (this.#turnLeast[person] ?? 0) + 1);
      most = Math.max(most, (this.#turnMost[person] ?? 0) + 1, firstSequence + entryCount - 1);
    }
    for (const { person } of runs) {
      this.#turnLeast[person] = turn ?? least;
      this.#turnMost[person] = turn ?? most;
    }
    return [least, most];
  }

  /** Compares what was met with a person's chain and head. */
  end(person: number, entries: number, turn: number | null): void {
    const practitionerId = this.#people[person] ?? "";
    const covered = this.covered[person] ?? 0;
    if (covered !== entries) {
      this.#differs(
        FEED,
        `${practitionerId}/${covered + 1}`,
        null,
        `${practitionerId}/${entries}`,
        `${practitionerId}/${covered}`,
      );
    }
    if (turn === null || !this.#isWhole) return;
    const [least, most] = [this.#turnLeast[person] ?? 0, this.#turnMost[person] ?? 0];
    if (turn >= least && turn <= most) return;
    this.findings.push({
      code: "head_differs",
      table: "ledger.head",
      key: practitionerId,
      field: "turn",
      expected: least === most ? String(least) : `${least} to ${most}`,
      found: String(turn),
    });
  }

  /** Compares the kept sizes of the feed, of which there is one, with how many entries have a position. */
  endFeed(heads: readonly { readonly feed: number; readonly size: number }[]): void {
    this.#differs("ledger.feed_head", "1", null, 1, heads.length);
    for (const { feed, size } of heads) {
      this.#differs("ledger.feed_head", String(feed), "feed", 1, feed);
      this.#differs("ledger.feed_head", String(feed), "size", this.size, size);
    }
  }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
