import type { Entry } from "@xueshi/domain";

const HASH_BYTES = 32;
const POSTING_BYTES = 16;
/** Of a position that no entry has. */
const NOWHERE = 0xff_ff_ff_ff;

/** What threads see together. */
export interface EntryMemoryBuffers {
  readonly hashes: SharedArrayBuffer;
  readonly postings: SharedArrayBuffer;
  readonly order: SharedArrayBuffer;
}

/**
 * Hash and posting of every entry, in the order of people and chains, and which of them stands at each position of the feed:
 * 52 bytes an entry, so that chains are read once, in their own order, and the tree follows from memory.
 */
export class EntryMemory {
  readonly buffers: EntryMemoryBuffers;
  readonly #hashes: Buffer;
  readonly #postings: Buffer;
  readonly #order: Uint32Array;
  #lastPosting = "";
  readonly #lastPostingBytes = Buffer.alloc(POSTING_BYTES);

  constructor(given: number | EntryMemoryBuffers) {
    this.buffers = typeof given === "number" ? allocate(given) : given;
    this.#hashes = Buffer.from(this.buffers.hashes);
    this.#postings = Buffer.from(this.buffers.postings);
    this.#order = new Uint32Array(this.buffers.order);
  }

  /** How many entries there are. */
  get length(): number {
    return this.#order.length;
  }

  /** Keeps entries that follow each other, the first of them at an index. */
  putAll(first: number, entries: readonly Pick<Entry, "hash" | "postingId">[]): void {
    let index = first;
    for (const { hash, postingId } of entries) {
      this.#hashes.write(hash, index * HASH_BYTES, "hex");
      this.#postingBytes(postingId).copy(this.#postings, index * POSTING_BYTES);
      index += 1;
    }
  }

  /** The 32 bytes of an entry's hash. */
  hash(index: number): Buffer {
    return this.#hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  isOf(index: number, postingId: string): boolean {
    const at = index * POSTING_BYTES;
    return this.#postingBytes(postingId).compare(this.#postings, at, at + POSTING_BYTES) === 0;
  }

  place(position: number, index: number): void {
    if (position < this.#order.length) this.#order[position] = index;
  }

  /** The hash of the entry at a position of the feed; null: none is there. */
  hashAt(position: number): Buffer | null {
    const index = this.#order[position] ?? NOWHERE;
    return index === NOWHERE ? null : this.hash(index);
  }

  #postingBytes(postingId: string): Buffer {
    if (postingId !== this.#lastPosting) {
      this.#lastPosting = postingId;
      this.#lastPostingBytes.write(postingId.replaceAll("-", ""), "hex");
    }
    return this.#lastPostingBytes;
  }
}

function allocate(entries: number): EntryMemoryBuffers {
  const order = new SharedArrayBuffer(entries * Uint32Array.BYTES_PER_ELEMENT);
  new Uint32Array(order).fill(NOWHERE);
  return {
    hashes: new SharedArrayBuffer(entries * HASH_BYTES),
    postings: new SharedArrayBuffer(entries * POSTING_BYTES),
    order,
  };
}
