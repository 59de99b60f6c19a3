import type { LinkedEntry } from "@xueshi/domain";
import type { CopiedRow } from "../connection/copied-row.ts";
import { ASSESSED_ON, CountedEntry, FIELD_KINDS, HASH, type ReadRow, toEntry } from "./copied-entry.ts";
import { type Encoding, RowEncoder } from "./encode-row.ts";

/** SHA-256 of bytes, as a text of one byte a character: of all that Node can give, that costs least. */
export type Sha256OfBytes = (bytes: Uint8Array) => string;

const DIGEST_BYTES = 32;
const FIELD_COLUMNS = FIELD_KINDS.map((_, column) => column);

/** The formats of `encodeEntry`: the assessment stands in the second one only, at its end. */
const PLAIN: Encoding = { format: 1, columns: FIELD_COLUMNS, kinds: FIELD_KINDS };
const ASSESSED: Encoding = { format: 2, columns: [...FIELD_COLUMNS, ASSESSED_ON], kinds: [...FIELD_KINDS, "date"] };

/** An entry that is about to be held to the one before it. */
type Linkable = { -readonly [Field in keyof LinkedEntry]: LinkedEntry[Field] };

interface ReadEntry {
  readonly entry: CountedEntry | Linkable;
  readonly row: ReadRow;
  /** H(fields), one byte a character. */
  readonly fields: string;
}

/** Makes chains of rows that come in any order: every field of each is hashed, and each entry is held to the one before it. */
export class ChainLinker {
  readonly #encoder = new RowEncoder();
  readonly #sha256: Sha256OfBytes;
  readonly #isCounted: boolean;
  readonly #chains = new Map<string, ReadEntry[]>();
  /** What an entry's hash is made of: that of the entry before it, as it is kept, and the hash over its fields. */
  #link = Buffer.alloc(2 * DIGEST_BYTES);

  /** @param isCounted of most entries only what a balance is made of is asked for; what else is, is read then */
  constructor(sha256: Sha256OfBytes, isCounted: boolean) {
    this.#sha256 = sha256;
    this.#isCounted = isCounted;
  }

  add(copied: CopiedRow): void {
    const { bytes, at, length, starts, lengths } = copied;
    const row = { bytes, start: at - length, hashStart: starts[HASH] as number, hashLength: lengths[HASH] as number };
    const fields = this.#sha256(this.#encoder.encode(copied, copied.isNull(ASSESSED_ON) ? PLAIN : ASSESSED));
    const entry = this.#isCounted ? new CountedEntry(copied, row) : (toEntry(copied) as Linkable);
    const chain = this.#chains.get(entry.practitionerId);
    if (chain === undefined) this.#chains.set(entry.practitionerId, [{ entry, row, fields }]);
    else chain.push({ entry, row, fields });
  }

  /** The chains of all rows, in order of practitioner id, each in order of sequence. */
  *chains(): Generator<LinkedEntry[]> {
    for (const practitionerId of [...this.#chains.keys()].sort()) {
      const chain = this.#chains.get(practitionerId) ?? [];
      if (!isInOrder(chain)) chain.sort((left, right) => placeOf(left) - placeOf(right));
      let before: ReadRow | null = null;
      for (const read of chain) {
        this.#linkTo(before, read);
        before = read.row;
      }
      yield chain.map(({ entry }) => entry);
    }
  }

  #linkTo(before: ReadRow | null, { entry, row, fields }: ReadEntry): void {
    const expected = this.#expectedHash(before, fields);
    entry.isLinked = isHash(row, expected);
    if (entry instanceof CountedEntry) entry.otherHash = entry.isLinked ? null : hexOf(expected);
    else entry.expectedHash = entry.isLinked ? entry.hash : hexOf(expected);
  }

  /**
   * H(hash of the entry before, as it is kept ‖ H(fields)), zeros standing before the first. One of another length than a
   * hash has is no hash, but what follows is held to it all the same.
   */
  #expectedHash(before: ReadRow | null, fields: string): string {
    const length = before?.hashLength ?? DIGEST_BYTES;
    if (this.#link.length !== length + DIGEST_BYTES) this.#link = Buffer.alloc(length + DIGEST_BYTES);
    const link = this.#link;
    if (before === null) link.fill(0, 0, length);
    else {
      const { bytes, hashStart } = before;
      for (let index = 0; index < length; index += 1) link[index] = bytes[hashStart + index] as number;
    }
    for (let index = 0; index < DIGEST_BYTES; index += 1) link[length + index] = fields.charCodeAt(index);
    return this.#sha256(link);
  }
}

/** What no sequence could be stands last. */
function placeOf({ entry: { sequence } }: ReadEntry): number {
  return Number.isNaN(sequence) ? Number.MAX_VALUE : sequence;
}

function isInOrder(chain: readonly ReadEntry[]): boolean {
  for (let at = 1; at < chain.length; at += 1) {
    if (placeOf(chain[at] as ReadEntry) < placeOf(chain[at - 1] as ReadEntry)) return false;
  }
  return true;
}

/** Whether a row's hash has these bytes, one a character. */
function isHash({ bytes, hashStart, hashLength }: ReadRow, expected: string): boolean {
  if (hashLength !== expected.length) return false;
  for (let index = 0; index < hashLength; index += 1) {
    if (bytes[hashStart + index] !== expected.charCodeAt(index)) return false;
  }
  return true;
}

function hexOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("hex");
}
