/** Every bound of the outside interfaces in one place. Bytes are counted on the wire, before decoding. */
export const LIMITS = {
  recordsPerRequestMax: 1_000,
  /** A full push is about 450 bytes a record; the rest is room for long titles. */
  recordsBodyBytesMax: 4_194_304,
  recordLinesMax: 2_000_000,
  recordLineBytesMax: 16_384,
  /** Of a stream, decoded. */
  recordLinesBodyBytesMax: 2_147_483_647,
  /** Lines of a stream that are stored in one transaction. */
  recordsPerPart: 1_000,
  validateLinesMax: 10_000,
  validateLinesBodyBytesMax: 16_777_216,
  idempotencyKeyDays: 7,
  withdrawalBodyBytesMax: 4_096,
  checkBodyBytesMax: 8_192,
  grantsMax: 20,
  hypotheticalHoursMax: 50,
  checksPerRequestMax: 1_000,
  checksBodyBytesMax: 2_097_152,
  checkLinesMax: 10_000,
  checkLineBytesMax: 8_192,
  checkLinesBodyBytesMax: 8_388_608,
  lookupBodyBytesMax: 4_096,
  decisionBodyBytesMax: 8_192,
  pullBodyBytesMax: 1_024,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  cursorCharactersMax: 512,
  jsonDepthMax: 32,
} as const;
