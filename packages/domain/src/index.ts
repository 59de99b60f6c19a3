export type { PlatformRecord, PullOutcome, RecordStatus, SubjectBasis } from "./acquisition/platform-record.ts";
export {
  type DaySum,
  isSameSum,
  LINE_STATUSES,
  type LineStatus,
  lineHours,
  lineText,
  parseLineHours,
  type RecordLine,
  sumLines,
} from "./acquisition/record-line.ts";
export { repairRanges } from "./acquisition/repair-ranges.ts";
export {
  type ArrivedLine,
  DIFFERENCE_KINDS,
  type DifferenceKind,
  isMendedByPull,
  type Settlement,
  settleDifference,
} from "./acquisition/settle-difference.ts";
export { type Admission, type AdmissionContext, admitRecord } from "./admission/admit-record.ts";
export { receiptOutcome, standingVersion, type VersionOrder } from "./admission/fold-versions.ts";
export {
  type JudgedVersion,
  type JudgingContext,
  judgeVersion,
  type VersionJudgement,
} from "./admission/judge-version.ts";
export { compareNameClaims, type NameClaim } from "./admission/known-name.ts";
export {
  isKnownName,
  isLikelySameName,
  type KnownNames,
  type NameVariantPolicy,
} from "./admission/name-knowledge.ts";
export { isSession, sessionsOverlap } from "./admission/overlapping-sessions.ts";
export {
  isHeldAsImplausible,
  PLAUSIBILITY_DEFAULT,
  PLAUSIBILITY_EFFECTS,
  type PlausibilityRules,
  withoutHold,
} from "./admission/plausibility.ts";
export { CONTENT_DIGITS, type RecordVersion, type RefusedRow, type VersionStatus } from "./admission/record-version.ts";
export {
  FLAGS,
  type Flag,
  HOLD_CODES,
  type HoldCode,
  PLAUSIBILITY_FLAGS,
  RECEIPT_OUTCOMES,
  REFUSAL_CODES,
  REFUSED_BY_OPERATOR,
  type ReceiptOutcome,
  type RefusalCode,
} from "./admission/refusal.ts";
export {
  type DecidedRow,
  decisionOfContent,
  decisionOfRow,
  isCorrected,
  ROW_DECISION_KINDS,
  type RowDecision,
  type RowDecisionKind,
  voidingDecision,
} from "./admission/row-decision.ts";
export { applyRecognitionCaps } from "./classification/apply-recognition-caps.ts";
export {
  type Classification,
  type ClassificationDecision,
  classifyRecord,
  type SubjectLookup,
} from "./classification/classify-record.ts";
export { convertActivities } from "./classification/convert-activities.ts";
export {
  type DecisionInForce,
  decisionInForce,
  type KeptDecision,
} from "./classification/decision-in-force.ts";
export { recogniseActivities } from "./classification/recognise-activities.ts";
export { type Activity, RECOGNITION_CODES, type RecognisedActivity } from "./classification/recognised-activity.ts";
export {
  ACTIVITY_UNITS,
  type Conversion,
  RECOGNITION_CAP_PERIODS,
  type RecognitionCap,
  type RecognitionRuleSet,
} from "./classification/recognition-rule-set.ts";
export {
  CORRECTABLE_FIELDS,
  CORRECTION_KINDS,
  type CorrectableField,
  type CorrectableValue,
  type CorrectionKind,
  correctVersion,
  type FieldChange,
  REVOCATION_CODES,
  REVOCATION_OF,
  type RecordCorrection,
  type RevocationCode,
} from "./classification/record-correction.ts";
export { settleSameAchievements } from "./classification/settle-same-achievements.ts";
export { totalsOf } from "./classification/totals-of.ts";
export {
  appendEntries,
  emptyHead,
  type Head,
  identityEntry,
  isTombstone,
  tombstoneEntry,
} from "./ledger/append-entries.ts";
export { type Checkpoint, checkpointOfNote, formatCheckpoint, headLeaf, parseCheckpoint } from "./ledger/checkpoint.ts";
export { comparePlan } from "./ledger/compare-plan.ts";
export { deriveStandings, type RecordHistory, type StandingContext } from "./ledger/derive-standings.ts";
export {
  contradictionAmong,
  DUPLICATE_DECISION_KINDS,
  type DuplicateDecision,
  type DuplicateDecisionKind,
  duplicateDecisionKey,
  duplicatesByRecord,
  sameAchievementSets,
} from "./ledger/duplicate-decision.ts";
export {
  AS_REGISTERED,
  type Entry,
  type EntryBody,
  type EntryKind,
  MAIN_SLOT,
  type ProjectableEntry,
  RECORD_STATES,
  type RecordState,
} from "./ledger/entry.ts";
export { encodeEntry, entryHash, GENESIS_HASH, type HashSuite } from "./ledger/entry-hash.ts";
export {
  type CompetingEntry,
  type CompetingRecord,
  type CountsInstead,
  competingRecord,
  explainDuplicate,
} from "./ledger/explain-duplicate.ts";
export { type Candidate, type CandidateRecord, type CandidateScore, findCandidates } from "./ledger/find-candidates.ts";
export {
  LEDGER_FINDING_CODES,
  type LedgerFinding,
  type LedgerFindingCode,
  shownValue,
} from "./ledger/ledger-finding.ts";
export {
  type ConsistencyProof,
  consistencyRanges,
  GrowingTree,
  type InclusionProof,
  inclusionRanges,
  type LeafRange,
  provesConsistency,
  provesInclusion,
  type TreeHash,
} from "./ledger/merkle-tree.ts";
export {
  DERIVED_REASONS,
  type PlanInput,
  type PlannedEntry,
  type PostingPlan,
  planPostings,
} from "./ledger/plan-postings.ts";
export { settleAchievements } from "./ledger/settle-achievements.ts";
export type { PostedStanding, Standing } from "./ledger/standing.ts";
export {
  appendLeaves,
  edgeOf,
  hashRanges,
  TILE_HASH_BYTES,
  TILE_WIDTH,
  type TilePlace,
  type TreeTile,
  tilesOfRanges,
} from "./ledger/tree-tiles.ts";
export { type ChainFold, type LinkedEntry, verifyChain, verifyHead } from "./ledger/verify-chain.ts";
export {
  type CheckpointContext,
  type EarlierLedger,
  type KeptCheckpoint,
  verifyCheckpoint,
} from "./ledger/verify-checkpoint.ts";
export { FeedFold, type KeptFeedRow, type KeptRuns, type KeptWaiting, type PlacedRun } from "./ledger/verify-feed.ts";
export { type KeptMark, type PulledBatch, verifyPlatformMark } from "./ledger/verify-platform-mark.ts";
export {
  type KeptBatch,
  type KeptPosting,
  type PostingSum,
  verifyBatch,
  verifyPosting,
} from "./ledger/verify-posting.ts";
export { type Balance, balancesOf } from "./projection/balance.ts";
export { projectPerson } from "./projection/project-person.ts";
export type { PersonProjection, ProjectedRecord } from "./projection/projected-record.ts";
export { rebuildPerson } from "./projection/rebuild-person.ts";
export type { RecordStateRow, StateContext } from "./projection/record-state-of.ts";
export { standsAsDerived } from "./projection/stands-as-derived.ts";
export { verifyBalances } from "./projection/verify-balances.ts";
export { type VerifyContext, verifyRecordStates } from "./projection/verify-record-states.ts";
export type { ValueOrigin } from "./requirement/compile-rule.ts";
export {
  type DeclarationClaim,
  type DeclarationProblem,
  declarationProblem,
} from "./requirement/declaration-problem.ts";
export { evaluateRule } from "./requirement/evaluate-rule.ts";
export { findRule, rulesAsked } from "./requirement/find-rule.ts";
export type { HypotheticalHours } from "./requirement/hypothetical-hours.ts";
export { asHours, type MissingHours, type MissingItem } from "./requirement/missing-hours.ts";
export { UNCOUNTED_CODES, type UncountedCode } from "./requirement/record-part.ts";
export * from "./requirement/requirement-result.ts";
export * from "./requirement/requirement-rule.ts";
export * from "./requirement/rule-set.ts";
export { unclassifiedCouldMeet } from "./requirement/unclassified-could-meet.ts";
export { windowOf } from "./requirement/window-of.ts";
export { formatHours, hoursToNumber, parseHours } from "./values/hours.ts";
export { recordKeyOf, type Sha256Hex, uuidFromDigest } from "./values/keys.ts";
export {
  addDays,
  daysInclusive,
  endOfDayMs,
  isCalendarDate,
  isInstant,
  type LocalDate,
  localDateAt,
  parseDateOrInstant,
  parseInstant,
  parseLocalDate,
  startOfDayMs,
  yearOf,
} from "./values/local-date.ts";
export { findSpelling, foldName, NAME_VARIANT_KINDS, type NameVariantKind } from "./values/name-variant.ts";
export { ID_TYPES, type IdType, numberOf, type PersonId, parsePersonId } from "./values/person-id.ts";
export {
  maskResidentId,
  normaliseResidentId,
  parseResidentId,
  type ResidentId,
  residentIdCheckCharacter,
} from "./values/resident-id.ts";
export { isSubject, SUBJECTS, type Subject, TITLE_SUBJECTS } from "./values/subject.ts";
export { compareText, normaliseName, normaliseText, normaliseTitle } from "./values/text.ts";
export { decideVerdict } from "./verdict/decide-verdict.ts";
export { findMissingHours } from "./verdict/find-missing-hours.ts";
export * from "./verdict/verdict.ts";
export type { VerdictInput } from "./verdict/verdict-input.ts";
