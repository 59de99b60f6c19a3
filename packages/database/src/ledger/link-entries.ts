import type { CopiedRow } from "../connection/copied-row.ts";
import { ASSESSED_ON, FIELD_KINDS, HASH } from "./copied-entry.ts";
import { type Encoding, RowEncoder } from "./encode-row.ts";

/** SHA-256 of bytes, as a text of one byte a character: of all that Node can give, that costs least. */
export type Sha256OfBytes = (bytes: Uint8Array) => string;

const DIGEST_BYTES = 32;
const UUID_BYTES = 16;
const FIELD_COLUMNS = FIELD_KINDS.map((_, column) => column);

/** The formats of `encodeEntry`: the assessment stands in the second one only, at its end. */
const PLAIN: Encoding = { format: 1, columns: FIELD_COLUMNS, kinds: FIELD_KINDS };
const ASSESSED: Encoding = { format: 2, columns: [...FIELD_COLUMNS, ASSESSED_ON], kinds: [...FIELD_KINDS, "date"] };

/** Makes the hash that each entry should have, of rows that come in the order of their chains. */
export class EntryLinker {
  readonly #encoder = new RowEncoder();
  readonly #sha256: Sha256OfBytes;
  readonly #person = Buffer.alloc(UUID_BYTES);
  /** The hash of the row before, as it is kept, and the hash over the fields. */
  #link = Buffer.alloc(2 * DIGEST_BYTES);
  #isFirst = true;

  constructor(sha256: Sha256OfBytes) {
    this.#sha256 = sha256;
  }

  /** H(hash of the row before ‖ H(fields)), bytes as a text; before the first of a person are zeros. */
  expectedHash(row: CopiedRow): string {
    if (this.#isOfAnother(row)) this.#begin(row);
    const fields = this.#sha256(this.#encoder.encode(row, row.isNull(ASSESSED_ON) ? PLAIN : ASSESSED));
    const link = this.#link;
    const at = link.length - DIGEST_BYTES;
    for (let index = 0; index < DIGEST_BYTES; index += 1) link[at + index] = fields.charCodeAt(index);
    const expected = this.#sha256(link);
    this.#keep(row);
    return expected;
  }

  #isOfAnother({ bytes, starts }: CopiedRow): boolean {
    if (this.#isFirst) return true;
    const [person, start] = [this.#person, starts[0] as number];
    for (let index = 0; index < UUID_BYTES; index += 1) if (person[index] !== bytes[start + index]) return true;
    return false;
  }

  #begin({ bytes, starts }: CopiedRow): void {
    this.#isFirst = false;
    bytes.copy(this.#person, 0, starts[0], (starts[0] as number) + UUID_BYTES);
    if (this.#link.length !== 2 * DIGEST_BYTES) this.#link = Buffer.alloc(2 * DIGEST_BYTES);
    this.#link.fill(0);
  }

  /** A hash of another length is no hash; what follows is held to it all the same. */
  #keep({ bytes, starts, lengths }: CopiedRow): void {
    const [start, length] = [starts[HASH] as number, Math.max(0, lengths[HASH] as number)];
    if (this.#link.length !== length + DIGEST_BYTES) this.#link = Buffer.alloc(length + DIGEST_BYTES);
    const link = this.#link;
    for (let index = 0; index < length; index += 1) link[index] = bytes[start + index] as number;
  }
}
