import { parseCheckpoint } from "./checkpoint.ts";
import { type LedgerFinding, shownValue } from "./ledger-finding.ts";

/** A checkpoint that is to be verified, kept here or elsewhere. */
export interface KeptCheckpoint {
  /** What findings call it. */
  readonly key: string;
  /** As the row says; null: it is kept elsewhere, and its note says it. */
  readonly size: number | null;
  readonly note: string;
}

/** The ledger as it was when it had so many entries, made anew; roots are base64. */
export interface EarlierLedger {
  readonly root: string;
  /** Null: the heads were not made anew. */
  readonly heads: { readonly count: number; readonly root: string } | null;
}

export interface CheckpointContext {
  /** The text of a note that the ledger signed; null: it did not. Without a key the text stands by itself. */
  readonly open: (note: string) => string | null;
  /** The ledger at a size; null: it never had that size. */
  readonly at: (size: number) => EarlierLedger | null;
}

/** Compares a checkpoint with the ledger as it must have been then. */
export function verifyCheckpoint(checkpoint: KeptCheckpoint, context: CheckpointContext): LedgerFinding[] {
  const { key, note } = checkpoint;
  const place = { table: "ledger.checkpoint", key } as const;
  const text = context.open(note);
  if (text === null) {
    return [{ ...place, code: "checkpoint_not_signed", field: "note", expected: "a signed note", found: null }];
  }
  const said = parseCheckpoint(text);
  if (said === null) {
    return [{ ...place, code: "checkpoint_differs", field: "note", expected: "a checkpoint", found: null }];
  }
  const ledger = context.at(said.size);
  if (ledger === null) {
    return [{ ...place, code: "checkpoint_differs", field: "size", expected: null, found: String(said.size) }];
  }
  const { heads } = ledger;
  const columns = [
    ["size", said.size, checkpoint.size ?? said.size],
    ["root", ledger.root, said.root],
    ["heads", heads?.count ?? said.heads, said.heads],
    ["heads_root", heads?.root ?? said.headsRoot, said.headsRoot],
  ] as const;
  return columns
    .filter(([, wanted, kept]) => wanted !== kept)
    .map(([field, wanted, kept]) => ({
      ...place,
      code: "checkpoint_differs",
      field,
      expected: shownValue(wanted),
      found: shownValue(kept),
    }));
}
