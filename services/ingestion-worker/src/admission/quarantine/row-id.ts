/** One row as it came: its record, the update time that it carried and its content. */
export interface RowKey {
  readonly recordKey: string;
  /** Milliseconds since 1970 UTC; null: it could not be read. */
  readonly updateTimeMs: number | null;
  /** Hex. */
  readonly contentDigest: string;
}

const KEY_BYTES = 16;
const TIME_BYTES = 8;
const DIGEST_BYTES = 32;
const ROW_ID = /^[A-Za-z0-9_-]{75}$/;

/** A row's key as one opaque word that says nothing about a person: 56 bytes as base64url. */
export function rowIdOf({ recordKey, updateTimeMs, contentDigest }: RowKey): string {
  const bytes = Buffer.alloc(KEY_BYTES + TIME_BYTES + DIGEST_BYTES);
  bytes.write(recordKey.replaceAll("-", ""), 0, "hex");
  bytes.writeBigInt64BE(BigInt(updateTimeMs ?? 0), KEY_BYTES);
  bytes.write(contentDigest, KEY_BYTES + TIME_BYTES, "hex");
  return bytes.toString("base64url");
}

/** The key that an id stands for, or null when it is none. The epoch stands for a time that could not be read. */
export function parseRowId(rowId: string): RowKey | null {
  if (!ROW_ID.test(rowId)) return null;
  const bytes = Buffer.from(rowId, "base64url");
  const updateTimeMs = Number(bytes.readBigInt64BE(KEY_BYTES));
  if (!Number.isSafeInteger(updateTimeMs)) return null;
  return {
    recordKey: uuidText(bytes.toString("hex", 0, KEY_BYTES)),
    updateTimeMs: updateTimeMs === 0 ? null : updateTimeMs,
    contentDigest: bytes.toString("hex", KEY_BYTES + TIME_BYTES),
  };
}

function uuidText(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Rows in the order in which they are listed: by record, update time and content. */
export function compareRowKeys(left: RowKey, right: RowKey): number {
  if (left.recordKey !== right.recordKey) return left.recordKey < right.recordKey ? -1 : 1;
  const difference = (left.updateTimeMs ?? 0) - (right.updateTimeMs ?? 0);
  if (difference !== 0) return difference;
  return left.contentDigest < right.contentDigest ? -1 : left.contentDigest > right.contentDigest ? 1 : 0;
}
