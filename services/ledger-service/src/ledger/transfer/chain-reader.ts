import { type Entry, entryHash, GENESIS_HASH, type HashSuite } from "@xueshi/domain";
import { ImportFault } from "./import-fault.ts";

/** A person's whole chain, and the line of its last entry. */
export interface ReadChain {
  readonly entries: readonly Entry[];
  readonly line: number;
}

/** Follows chains entry by entry: person after person in order of their ids, each from its first entry. */
export class ChainReader {
  readonly #suite: HashSuite;
  #open: { entries: Entry[]; line: number } | null = null;
  #ended: ReadChain[] = [];

  constructor(suite: HashSuite) {
    this.#suite = suite;
  }

  /** Throws `chain_broken` where an entry does not follow the one before it. */
  add(entry: Entry, line: number): void {
    const before = this.#open?.entries.at(-1);
    if (before !== undefined && before.practitionerId !== entry.practitionerId) {
      this.end();
      if (entry.practitionerId <= before.practitionerId) throw broken(line, "the practitioners are not in order");
      this.add(entry, line);
      return;
    }
    const { hash, ...fields } = entry;
    if (entry.sequence !== (before?.sequence ?? 0) + 1) throw broken(line, "sequence does not follow the one before");
    if (entryHash(this.#suite, before?.hash ?? GENESIS_HASH, fields) !== hash) {
      throw broken(line, "hash is not that of the fields and the hash before");
    }
    if (entry.recordedAtMs < (before?.recordedAtMs ?? 0)) throw broken(line, "recordedAt runs backwards");
    this.#open ??= { entries: [], line };
    this.#open.entries.push(entry);
    this.#open.line = line;
  }

  /** No entry of the chain follows any more. */
  end(): void {
    if (this.#open !== null) this.#ended.push(this.#open);
    this.#open = null;
  }

  /** The chains that have ended since. */
  take(): readonly ReadChain[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }
}

function broken(line: number, detail: string): ImportFault {
  return new ImportFault("chain_broken", line, detail);
}
