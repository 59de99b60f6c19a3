export {
  CATALOGUE,
  type CatalogueGroup,
  catalogueAnchor,
  problemType,
} from "./catalogue/catalogue.ts";
export {
  CORRECTION_STATE_TEXTS,
  type CorrectionState,
  REVOCATION_TEXTS,
} from "./catalogue/corrections.ts";
export { ERASURE_REASON_TEXTS, ERASURE_STATE_TEXTS, type ErasureReason } from "./catalogue/erasures.ts";
export { FIELD_ERROR_CODES, FIELD_ERRORS, type FieldErrorCode } from "./catalogue/field-errors.ts";
export { LEDGER_FINDING_TEXTS } from "./catalogue/ledger-findings.ts";
export { PROBLEM_CODES, PROBLEMS, type ProblemCode, type ProblemText } from "./catalogue/problems.ts";
export { NOT_DECIDED_TEXTS, type NotDecidedCode, type QuarantineKind } from "./catalogue/quarantine.ts";
export {
  READMISSION_FAILURE_TEXTS,
  READMISSION_STATE_TEXTS,
  type ReadmissionFailureCode,
} from "./catalogue/readmissions.ts";
export {
  CLOSING_TEXTS,
  type ClosingBasis,
  DIFFERENCE_TEXTS,
  RECONCILIATION_FAILURE_TEXTS,
  RECONCILIATION_STATE_TEXTS,
} from "./catalogue/reconciliations.ts";
export {
  FLAG_TEXTS,
  HOLD_TEXTS,
  RECEIPT_TEXTS,
  RECORD_STATE_TEXTS,
  REFUSAL_TEXTS,
  UNCOUNTED_TEXTS,
} from "./catalogue/records.ts";
export { renderText } from "./catalogue/render-text.ts";
export { REPLAY_TEXTS, type ReplayCode } from "./catalogue/replays.ts";
export { RULE_CHANGE_STATE_TEXTS } from "./catalogue/rule-changes.ts";
export {
  BATCH_STATES,
  type BatchState,
  FINDING_TEXTS,
  type FindingCode,
  PULL_STATES,
  type PullState,
  REVIEW_REASONS,
  type ReviewReason,
} from "./catalogue/states.ts";
export { UPLOAD_FAILURE_TEXTS, UPLOAD_FINDING_TEXTS, UPLOAD_STATE_TEXTS } from "./catalogue/uploads.ts";
export { FRESHNESS_TEXTS, NOTICE_TEXTS, REASON_TEXTS } from "./catalogue/verdicts.ts";
export { type CodeText, LANGUAGE_DEFAULT, LANGUAGES, type Language, type Text } from "./language.ts";
export { LIMITS } from "./limits.ts";
export { decodeCursor, encodeCursor } from "./paging/cursor.ts";
export { explainEntry, explainState } from "./presentation/explain-entry.ts";
export { formatInstant } from "./presentation/format-instant.ts";
export { type CountsInsteadToPresent, presentCountsInstead } from "./presentation/present-counts-instead.ts";
export { presentEntry } from "./presentation/present-entry.ts";
export { type Problem, presentProblem } from "./presentation/present-problem.ts";
export { presentReceipt } from "./presentation/present-receipt.ts";
export { presentFlags, presentVerdict } from "./presentation/present-verdict.ts";
export {
  applyCorrectionRoute,
  cancelCorrectionRoute,
  getCorrectionRoute,
  listCorrectionRecordsRoute,
  listCorrectionsRoute,
  proposeCorrectionRoute,
  undoCorrectionRoute,
} from "./routes/corrections.ts";
export {
  approveDuplicateDecisionRoute,
  cancelDuplicateDecisionRoute,
  getDuplicateDecisionRoute,
  listDuplicateCandidatesRoute,
  listDuplicateDecisionsRoute,
  listDuplicateRecordsRoute,
  proposeDuplicateDecisionRoute,
  undoDuplicateDecisionRoute,
} from "./routes/duplicates.ts";
export {
  applyErasureRoute,
  cancelErasureRoute,
  getErasureRoute,
  listErasuresRoute,
  proposeErasureRoute,
} from "./routes/erasures.ts";
export {
  acceptPullRoute,
  cancelPullRoute,
  getBatchRoute,
  getPlatformRoute,
  getPullRoute,
  getRecordRoute,
  INGESTION_ROUTES,
  ingestionSummaryRoute,
  listPlatformsRoute,
  listPullsRoute,
  pushRecordsRoute,
  startPullRoute,
  validateRecordsRoute,
  withdrawRecordRoute,
} from "./routes/ingestion.ts";
export {
  decideReviewRoute,
  decideReviewsRoute,
  LEDGER_ROUTES,
  ledgerSummaryRoute,
  listReviewsRoute,
  undoReviewRoute,
} from "./routes/ledger.ts";
export { listMergesRoute, mergePeopleRoute, undoMergeRoute } from "./routes/merges.ts";
export {
  listCheckpointsRoute,
  proveConsistencyRoute,
  proveEntryRoute,
  readFeedRoute,
  signCheckpointRoute,
} from "./routes/proofs.ts";
export {
  decideRowRoute,
  decideRowsRoute,
  getQuarantineRowRoute,
  listQuarantineRoute,
  undoRowDecisionRoute,
} from "./routes/quarantine.ts";
export {
  checkRoutes,
  exportPersonRoute,
  getBalancesRoute,
  getEntriesRoute,
  getVerdictRoute,
  listChangedVerdictsRoute,
  lookupPractitionerRoute,
  queryRoutes,
  replayVerdictRoute,
} from "./routes/query.ts";
export {
  cancelReadmissionRoute,
  getReadmissionRoute,
  listReadmissionChangesRoute,
  listReadmissionsRoute,
  startReadmissionRoute,
} from "./routes/readmissions.ts";
export {
  closeReconciliationRoute,
  getOwnDaysRoute,
  getOwnRecordsRoute,
  getReconciliationRoute,
  listDifferencesRoute,
  listReconciliationsRoute,
  repairReconciliationRoute,
  startReconciliationRoute,
} from "./routes/reconciliations.ts";
export {
  type BodyBytes,
  type BodyLine,
  defineRoute,
  type HttpMethod,
  type JsonOrLines,
  type Route,
  type RouteBody,
  type RouteBytes,
  type RouteInput,
  type RouteResponse,
  type StreamedLine,
} from "./routes/route.ts";
export { listRuleChangesRoute } from "./routes/rule-changes.ts";
export {
  cancelUploadRoute,
  confirmUploadRoute,
  getUploadRoute,
  getUploadTemplateRoute,
  listUploadFindingsRoute,
  listUploadsRoute,
  uploadRecordsRoute,
} from "./routes/uploads.ts";
export type { ChangedVerdictsResponse } from "./schemas/changed-verdict.ts";
export { type CheckRequest, checkRequestSchema } from "./schemas/check.ts";
export type {
  CorrectionRecordsResponse,
  CorrectionRequest,
  CorrectionResponse,
} from "./schemas/correction.ts";
export type { VocabularyCodes } from "./schemas/declaration.ts";
export type {
  DuplicateCandidatesResponse,
  DuplicateDecisionRequest,
  DuplicateDecisionResponse,
} from "./schemas/duplicate.ts";
export type { ErasureResponse } from "./schemas/erasure.ts";
export type { FeedResponse } from "./schemas/feed.ts";
export {
  type ExportHeader,
  type ExportTrailer,
  exportHeaderSchema,
  exportTrailerSchema,
  LEDGER_EXPORT_FORMAT,
  LEDGER_EXPORT_SCHEMA_PATH,
  ledgerExportJsonSchema,
} from "./schemas/ledger-export.ts";
export type { MergesResponse, NamedPerson } from "./schemas/merge.ts";
export type {
  IngestionSummary,
  LedgerSummary,
  PlatformResponse,
  PlatformsResponse,
  PullRequest,
  PullsResponse,
  PullView,
} from "./schemas/operation.ts";
export { type PageQuery, pageQuery, pageQueryShape } from "./schemas/paging.ts";
export type { BalancesResponse, EntriesResponse } from "./schemas/person.ts";
export { type PersonExportLine, personExportLineSchema } from "./schemas/person-export.ts";
export { type LookupResponse, type PractitionerRef, practitionerSchema } from "./schemas/practitioner.ts";
export { NOTE_SEPARATOR } from "./schemas/primitives.ts";
export { problemSchema } from "./schemas/problem.ts";
export type {
  CheckpointResponse,
  CheckpointsResponse,
  ConsistencyProofResponse,
  EntryProofResponse,
} from "./schemas/proof.ts";
export type {
  QuarantineItem,
  QuarantineQuery,
  QuarantineResponse,
  RowCorrection,
  RowDecisionsResponse,
} from "./schemas/quarantine.ts";
export type { ReadmissionRequest, ReadmissionResponse } from "./schemas/readmission.ts";
export {
  type BatchResponse,
  HOLD_CODES,
  type Receipt,
  type ReceiptCode,
  type RecordsResponse,
} from "./schemas/receipt.ts";
export type {
  DifferencesResponse,
  ReconciliationRequest,
  ReconciliationResponse,
  ReconciliationSummary,
} from "./schemas/reconciliation.ts";
export { type PushedRecord, type ReceiptChoice, recordSchema, type WithdrawalRequest } from "./schemas/record.ts";
export type { RecordResponse } from "./schemas/record-view.ts";
export type { ReplayResponse } from "./schemas/replay.ts";
export type { DecisionRequest, DecisionResponse, ReviewDecisionsResponse, ReviewsResponse } from "./schemas/review.ts";
export type { RuleChangesResponse } from "./schemas/rule-change.ts";
export type { UndoRequest } from "./schemas/undo.ts";
export type { UploadResponse } from "./schemas/upload.ts";
export { type VerdictResponse, verdictResponseSchema } from "./schemas/verdict.ts";
export { VERDICT_SCHEMA_PATH, verdictJsonSchema } from "./schemas/verdict-json-schema.ts";
export { PRINCIPAL_KINDS, type PrincipalKind, SCOPES, SCOPES_BY_KIND, type Scope } from "./scopes.ts";
export {
  declarationFieldError,
  type FieldError,
  fieldError,
  fieldErrors,
} from "./validation/field-errors.ts";
export { type Parsed, parseBody } from "./validation/parse-body.ts";
export { parseCheck } from "./validation/parse-check.ts";
export { type ParsedRecord, parseRecord } from "./validation/parse-record.ts";
export { parseUndo } from "./validation/parse-undo.ts";
export { parseWithdrawal } from "./validation/parse-withdrawal.ts";
