/** How the ledger stood: its feed, and the ends of all chains in the same moment. */
export interface Checkpoint {
  /** The installation's name for its ledger, for example `ledger.example.gov.cn/xueshi`. */
  readonly origin: string;
  /** Entries in the feed. */
  readonly size: number;
  /** Root over them, base64: leaf data are the 32 bytes of an entry's hash, in the order of the feed. */
  readonly root: string;
  /** Practitioners who have a chain. */
  readonly heads: number;
  /** Root over their heads, base64: leaf data are the UTF-8 of `headLeaf`, in order of practitioner id. */
  readonly headsRoot: string;
}

const TEXT = /^([^\n]+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]+={0,2})\nheads (0|[1-9]\d*) ([A-Za-z0-9+/]+={0,2})\n$/;

/** A checkpoint in the form of C2SP tlog-checkpoint; the heads are its extension line. */
export function formatCheckpoint({ origin, size, root, heads, headsRoot }: Checkpoint): string {
  return `${origin}\n${size}\n${root}\nheads ${heads} ${headsRoot}\n`;
}

/** Null: the text is no checkpoint of a ledger. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [, origin = "", size, root = "", heads, headsRoot = ""] = TEXT.exec(text) ?? [];
  if (size === undefined) return null;
  return { origin, size: Number(size), root, heads: Number(heads), headsRoot };
}

/** The checkpoint of a signed note: what stands before its last empty line (C2SP signed-note), whoever signed it. */
export function checkpointOfNote(note: string): Checkpoint | null {
  return parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
}

/** What the tree over the heads says of one practitioner; the hash is hex. */
export function headLeaf(head: {
  readonly practitionerId: string;
  readonly sequence: number;
  readonly hash: string;
}): string {
  return `${head.practitionerId} ${head.sequence} ${head.hash}`;
}
