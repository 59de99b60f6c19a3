import type { Entry, LinkedEntry } from "@xueshi/domain";
import { CopiedRow } from "../connection/copied-row.ts";
import type { FieldKind } from "./encode-row.ts";

/** The columns of an entry in the order of its encoding; the assessment stands in the second format only. */
const FIELDS = [
  ["practitioner_id", "uuid"],
  ["sequence", "number"],
  ["posting_id", "uuid"],
  ["recorded_at", "instant"],
  ["kind", "text"],
  ["reverses", "number"],
  ["record_key", "uuid"],
  ["slot", "text"],
  ["source", "text"],
  ["record_id", "text"],
  ["platform", "text"],
  ["state", "text"],
  ["code", "text"],
  ["hours_hundredths", "number"],
  ["subject", "text"],
  ["attributed_year", "number"],
  ["obtained_on", "date"],
  ["pathway", "text"],
  ["recognition", "text"],
  ["title", "text"],
  ["trace", "text"],
  ["flags", "text"],
  ["source_digest", "hex"],
  ["update_time", "instant"],
  ["reason", "text"],
  ["actor", "text"],
  ["note", "text"],
  ["name_digest", "hex"],
] as const satisfies readonly (readonly [string, FieldKind])[];
export const FIELD_KINDS: readonly FieldKind[] = FIELDS.map(([, kind]) => kind);
export const ASSESSED_ON = FIELDS.length;
export const HASH = FIELDS.length + 1;
export const ENTRY_COLUMNS = [...FIELDS.map(([column]) => column), "assessed_on", "hash"].join(", ");

/** The row's entry with every field. */
export function toEntry(row: CopiedRow): Entry {
  return {
    practitionerId: row.repeatedUuid(0),
    sequence: row.number(1),
    postingId: row.repeatedUuid(2),
    recordedAtMs: row.instantMs(3),
    kind: row.word(4),
    reverses: row.number(5),
    recordKey: row.uuid(6),
    slot: row.word(7),
    source: row.word(8),
    recordId: row.text(9),
    platform: row.word(10),
    state: row.word(11),
    code: row.word(12),
    hoursHundredths: row.number(13),
    subject: row.word(14),
    attributedYear: row.number(15),
    obtainedOn: row.date(16),
    pathway: row.word(17),
    recognition: row.word(18),
    title: row.text(19),
    trace: row.word(20),
    flags: row.word(21),
    sourceDigest: row.hex(22),
    updateTimeMs: row.instantMs(23),
    reason: row.word(24),
    actor: row.word(25),
    note: row.word(26),
    nameDigest: row.hex(27),
    assessedOn: row.date(ASSESSED_ON),
    hash: row.hex(HASH),
  } as Entry;
}

/** A row in the read that it came in, to be looked at again. */
export interface ReadRow {
  readonly bytes: Buffer;
  readonly start: number;
  readonly hashStart: number;
  readonly hashLength: number;
}

const reopened = new CopiedRow();

/**
 * An entry of which a chain and its balances are verified: what these look at is read, the rest only where it is asked for, as
 * of a reversal and what it takes back. It keeps the read that its row came in.
 */
export class CountedEntry implements LinkedEntry {
  readonly practitionerId: string;
  readonly sequence: number;
  readonly recordedAtMs: number;
  readonly kind: Entry["kind"];
  readonly platform: string | null;
  readonly state: Entry["state"];
  readonly hoursHundredths: number | null;
  readonly subject: Entry["subject"];
  readonly attributedYear: number | null;
  readonly pathway: string | null;
  readonly recognition: string | null;
  isLinked = false;
  /** The hash that it should have, hex; null: it has it. */
  otherHash: string | null = null;
  readonly #row: ReadRow;
  #fields: Entry | null = null;

  constructor(row: CopiedRow, read: ReadRow) {
    this.practitionerId = row.repeatedUuid(0) as string;
    this.sequence = row.number(1) as number;
    this.recordedAtMs = row.instantMs(3) as number;
    this.kind = row.word(4) as Entry["kind"];
    this.platform = row.word(10);
    this.state = row.word(11) as Entry["state"];
    this.hoursHundredths = row.number(13);
    this.subject = row.word(14) as Entry["subject"];
    this.attributedYear = row.number(15);
    this.pathway = row.word(17);
    this.recognition = row.word(18);
    this.#row = read;
  }

  get #all(): Entry {
    if (this.#fields === null) {
      reopened.open(this.#row.bytes, this.#row.start);
      reopened.next();
      this.#fields = toEntry(reopened);
    }
    return this.#fields;
  }

  get expectedHash() {
    return this.otherHash ?? this.hash;
  }
  get hash() {
    return this.#all.hash;
  }
  get postingId() {
    return this.#all.postingId;
  }
  get reverses() {
    return this.#all.reverses;
  }
  get recordKey() {
    return this.#all.recordKey;
  }
  get slot() {
    return this.#all.slot;
  }
  get source() {
    return this.#all.source;
  }
  get recordId() {
    return this.#all.recordId;
  }
  get code() {
    return this.#all.code;
  }
  get obtainedOn() {
    return this.#all.obtainedOn;
  }
  get title() {
    return this.#all.title;
  }
  get trace() {
    return this.#all.trace;
  }
  get flags() {
    return this.#all.flags;
  }
  get sourceDigest() {
    return this.#all.sourceDigest;
  }
  get updateTimeMs() {
    return this.#all.updateTimeMs;
  }
  get reason() {
    return this.#all.reason;
  }
  get actor() {
    return this.#all.actor;
  }
  get note() {
    return this.#all.note;
  }
  get nameDigest() {
    return this.#all.nameDigest;
  }
  get assessedOn() {
    return this.#all.assessedOn;
  }
}
