const REQUEST_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;
/** What could be a resident id must not travel into logs through a caller's request id. */
const LONG_DIGITS_PATTERN = /\d{15}/;

/** The caller's X-Request-Id where it is a sane one (8–64 letters, digits, `.`, `_`, `-`), else a new id. */
export function readRequestId(header: string | undefined, ids: () => string): string {
  if (header === undefined || !REQUEST_ID_PATTERN.test(header) || LONG_DIGITS_PATTERN.test(header)) return ids();
  return header;
}
