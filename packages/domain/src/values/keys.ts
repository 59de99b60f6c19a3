/** SHA-256 of a UTF-8 text, hex. The core computes no hash itself: the caller brings the crypto suite. */
export type Sha256Hex = (text: string) => string;

/** The first 16 bytes of a hex digest as an RFC 9562 version 8 UUID: the key form of all hashed keys. */
export function uuidFromDigest(hexDigest: string): string {
  const variant = ((Number.parseInt(hexDigest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [
    hexDigest.slice(0, 8),
    hexDigest.slice(8, 12),
    `8${hexDigest.slice(13, 16)}`,
    variant + hexDigest.slice(17, 20),
    hexDigest.slice(20, 32),
  ];
  // Joined it is one string in memory; a template is a tree of its parts, four times as large where keys are kept.
  return parts.join("-");
}

/** The key of one record: a UUID of (source, record id), so that any node computes it without a lookup. */
export function recordKeyOf(sha256Hex: Sha256Hex, source: string, recordId: string): string {
  return uuidFromDigest(sha256Hex(`record\u0000${source}\u0000${recordId}`));
}
