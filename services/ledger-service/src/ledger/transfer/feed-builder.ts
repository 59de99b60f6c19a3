import { type EntryRun, readRunHashes, readTiles, type Transaction, writeFeedSize, writeTiles } from "@xueshi/database";
import { appendLeaves, edgeOf, type TreeHash } from "@xueshi/domain";
import { ImportFault } from "./import-fault.ts";

/** A row of the feed or of the outbox, as a line has it. */
interface RunsRow {
  readonly practitionerIds: readonly string[];
  readonly firstSequences: readonly number[];
  readonly entryCounts: readonly number[];
}

interface FeedLine {
  readonly runs: readonly EntryRun[];
  readonly entries: number;
  readonly line: number;
}

/** Entries whose hashes are held at a time. */
const ENTRIES_MAX = 20_000;

/** Builds the tree over the feed from its rows, which come in order, and counts the entries that they name. */
export class FeedBuilder {
  readonly #tx: Transaction;
  readonly #treeHash: TreeHash;
  #waiting: FeedLine[] = [];
  #waitingEntries = 0;
  #position = 0;
  #built = 0;
  /** Rows of the outbox, whose entries have no position yet. */
  #unnumbered: (FeedLine & { readonly hashes: string })[] = [];
  #unnumberedEntries = 0;

  constructor(tx: Transaction, treeHash: TreeHash) {
    this.#tx = tx;
    this.#treeHash = treeHash;
  }

  addFeedRow(row: RunsRow & { readonly position: number; readonly size: number }, line: number): void {
    const runs = runsOf(row, line);
    const entries = entriesOf(runs);
    if (row.position !== this.#position) throw new ImportFault("line_invalid", line, "position leaves a gap");
    if (row.size !== entries) throw new ImportFault("line_invalid", line, "size is not the number of its entries");
    this.#position += entries;
    this.#waitingEntries += entries;
    this.#waiting.push({ runs, entries, line });
  }

  addOutboxRow(row: RunsRow & { readonly hashes: string }, line: number): void {
    const runs = runsOf(row, line);
    this.#unnumbered.push({ runs, entries: entriesOf(runs), line, hashes: row.hashes });
  }

  /** The entries must be written by now. Throws `line_invalid` with the first row that names one that is not there. */
  async build(atEnd: boolean): Promise<void> {
    await this.#checkOutbox();
    if (!atEnd && this.#waitingEntries < ENTRIES_MAX) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingEntries = 0;
    for (let from = 0; from < lines.length; ) {
      let [until, entries] = [from, 0];
      do {
        entries += lines[until]?.entries ?? 0;
        until += 1;
      } while (until < lines.length && entries + (lines[until]?.entries ?? 0) <= ENTRIES_MAX);
      await this.#append(lines.slice(from, until), entries);
      from = until;
    }
    if (atEnd) await writeFeedSize(this.#tx, this.#built);
  }

  async #append(lines: readonly FeedLine[], entries: number): Promise<void> {
    const runs = lines.flatMap((line) => line.runs);
    const [hashes, edge] = await Promise.all([readRunHashes(this.#tx, runs), readTiles(this.#tx, edgeOf(this.#built))]);
    if (hashes.length !== entries) await this.#nameMissing(lines);
    await writeTiles(this.#tx, appendLeaves(edge, this.#built, hashes.map(this.#treeHash.leaf), this.#treeHash));
    this.#built += entries;
  }

  /** The sequencer will take the hashes of waiting postings as they stand there. */
  async #checkOutbox(): Promise<void> {
    const lines = this.#unnumbered;
    this.#unnumbered = [];
    await this.#nameMissing(lines);
    for (const { runs, entries, line, hashes } of lines) {
      const stored = Buffer.concat(await readRunHashes(this.#tx, runs)).toString("hex");
      if (hashes !== stored) throw new ImportFault("line_invalid", line, "hashes are not those of its entries");
      this.#unnumberedEntries += entries;
    }
  }

  async #nameMissing(lines: readonly FeedLine[]): Promise<void> {
    for (const { runs, entries, line } of lines) {
      if ((await readRunHashes(this.#tx, runs)).length === entries) continue;
      throw new ImportFault("line_invalid", line, "it names entries that are not in the file");
    }
  }

  /** Entries that are in the feed or wait for their position. */
  get entries(): number {
    return this.#built + this.#unnumberedEntries;
  }
}

function runsOf({ practitionerIds, firstSequences, entryCounts }: RunsRow, line: number): EntryRun[] {
  const runs = practitionerIds.map((practitionerId, at) => ({
    practitionerId,
    firstSequence: firstSequences[at] ?? 0,
    entryCount: entryCounts[at] ?? 0,
  }));
  const isWhole = firstSequences.length === runs.length && entryCounts.length === runs.length;
  if (isWhole && runs.every((run) => run.entryCount > 0 && run.firstSequence > 0)) return runs;
  throw new ImportFault("line_invalid", line, "its lists do not fit each other");
}

function entriesOf(runs: readonly EntryRun[]): number {
  return runs.reduce((sum, run) => sum + run.entryCount, 0);
}
