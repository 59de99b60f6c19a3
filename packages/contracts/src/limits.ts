/** Every bound of the outside interfaces in one place. Bytes are counted on the wire, before decoding. */
export const LIMITS = {
  recordsPerRequestMax: 1_000,
  /** A full push is about 450 bytes a record; the rest is room for long titles. */
  recordsBodyBytesMax: 4_194_304,
  recordLinesMax: 2_000_000,
  recordLineBytesMax: 16_384,
  /** Of a stream, decoded. */
  recordLinesBodyBytesMax: 2_147_483_647,
  /** Lines of a stream that are stored in one transaction; fewer where they have more bytes than this. */
  recordsPerPart: 1_000,
  recordBytesPerPart: 2_097_152,
  /** Streams under way at once, of one source and in one process. */
  streamsPerSourceMax: 4,
  streamsMax: 12,
  validateLinesMax: 10_000,
  validateLinesBodyBytesMax: 16_777_216,
  idempotencyKeyDays: 7,
  /** Versions, and refused rows, that the answer about one record lists. */
  recordRowsMax: 100,
  uploadBytesMax: 33_554_432,
  withdrawalBodyBytesMax: 4_096,
  undoBodyBytesMax: 8_192,
  checkBodyBytesMax: 8_192,
  grantsMax: 20,
  hypotheticalHoursMax: 50,
  checksPerRequestMax: 1_000,
  checksBodyBytesMax: 2_097_152,
  checkLinesMax: 10_000,
  checkLineBytesMax: 8_192,
  checkLinesBodyBytesMax: 8_388_608,
  /** Kept verdicts older than this are not looked at again. */
  changedVerdictDaysMax: 1_096,
  /** Entries that a changed verdict names; it says the last sequence, too. */
  changedVerdictEntriesMax: 100,
  /** Differences that a replay lists; it counts the others. */
  replayDifferencesMax: 100,
  lookupBodyBytesMax: 4_096,
  decisionBodyBytesMax: 8_192,
  decisionsPerRequestMax: 1_000,
  /** Each of them is posted before the answer. */
  reviewsPerRequestMax: 500,
  decisionsBodyBytesMax: 131_072,
  /** Records of one correction, which is one transaction; those that may be applied unseen. */
  correctionRecordsMax: 10_000,
  correctionsAtOnceMax: 100,
  correctionBodyBytesMax: 524_288,
  /** Sets of records of one decision about duplicates, and records of a set. */
  duplicateSetsMax: 1_000,
  duplicateSetRecordsMax: 50,
  /** Days between likely duplicates, and the least score (0 to 100), unless asked otherwise. */
  candidateDaysDefault: 7,
  candidateDaysMax: 31,
  candidateScoreDefault: 60,
  /** Duplicates that balances explain; entries explain all. */
  explainedDuplicatesMax: 100,
  pullBodyBytesMax: 1_024,
  acceptanceBodyBytesMax: 4_096,
  /** Days of one back-fill; a longer range is asked for in parts. */
  backfillDaysMax: 3_660,
  backfillsWaitingMax: 20,
  reconciliationDaysMax: 366,
  /** Of a source that asks what arrived of its own records: answered while it waits. */
  ownDaysMax: 31,
  totalsPerRequestMax: 400,
  reconciliationBodyBytesMax: 65_536,
  recordIdsCharactersMax: 8_192,
  /** Streams along the feed at once, of one key and in one process. */
  feedStreamsPerKeyMax: 4,
  feedStreamsMax: 200,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  cursorCharactersMax: 512,
  jsonDepthMax: 32,
} as const;
