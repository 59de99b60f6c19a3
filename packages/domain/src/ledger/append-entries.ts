import type { Entry, EntryBody } from "./entry.ts";
import { entryHash, GENESIS_HASH, type HashSuite } from "./entry-hash.ts";

/** The end of a practitioner's chain; the first entry follows sequence 0. */
export interface Head {
  readonly practitionerId: string;
  readonly sequence: number;
  /** Hex. */
  readonly hash: string;
  /** Milliseconds since 1970 UTC of the last entry, 0 before the first. */
  readonly recordedAtMs: number;
  /** Keyed digest (hex) of the name by which the chain knows the person, or null. */
  readonly nameDigest: string | null;
  /**
   * Greater than that of every posting that the person's last one follows, directly or through others: a Lamport clock,
   * by which postings can be put in an order that never shows a person's later entry first. 0 before the first.
   */
  readonly turn: number;
}

export function emptyHead(practitionerId: string): Head {
  return { practitionerId, sequence: 0, hash: GENESIS_HASH, recordedAtMs: 0, nameDigest: null, turn: 0 };
}

/** Chains entry bodies to a head. Times never run backwards within a person, whatever the clock does. */
export function appendEntries(
  head: Head,
  bodies: readonly EntryBody[],
  postingId: string,
  nowMs: number,
  suite: HashSuite,
): { readonly entries: readonly Entry[]; readonly head: Head } {
  const recordedAtMs = Math.max(nowMs, head.recordedAtMs);
  let { sequence, hash, nameDigest } = head;
  const entries = bodies.map((body) => {
    sequence += 1;
    const entry = { ...body, practitionerId: head.practitionerId, sequence, postingId, recordedAtMs, hash: "" };
    hash = entryHash(suite, hash, entry);
    entry.hash = hash;
    if (body.kind === "identity") nameDigest = body.nameDigest;
    return entry;
  });
  return { entries, head: { ...head, sequence, hash, recordedAtMs, nameDigest } };
}

/** The entry that states by which name the person is known from here on. */
export function identityEntry(nameDigest: string, actor: string): EntryBody {
  return personEntry({ nameDigest, reason: "identity_known", actor, note: null });
}

/**
 * The last entry of a person who was erased: from here on the person is known by no name, and the chain is closed.
 * @param note the basis under which the entries before it stay, and the document that the erasure rests on
 */
export function tombstoneEntry(actor: string, note: string): EntryBody {
  return personEntry({ nameDigest: null, reason: "erased", actor, note });
}

/** Whether an entry is the one by which a chain was closed. */
export function isTombstone({ kind, nameDigest }: Pick<EntryBody, "kind" | "nameDigest">): boolean {
  return kind === "identity" && nameDigest === null;
}

function personEntry(said: Pick<EntryBody, "nameDigest" | "reason" | "actor" | "note">): EntryBody {
  return {
    kind: "identity",
    reverses: null,
    recordKey: null,
    slot: "",
    source: null,
    recordId: null,
    platform: null,
    state: null,
    code: null,
    hoursHundredths: null,
    subject: null,
    attributedYear: null,
    obtainedOn: null,
    pathway: null,
    assessedOn: null,
    recognition: null,
    title: null,
    trace: null,
    flags: "",
    sourceDigest: null,
    updateTimeMs: null,
    ...said,
  };
}
