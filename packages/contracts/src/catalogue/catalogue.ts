import type { CodeText } from "../language.ts";
import {
  CORRECTION_KIND_TEXTS,
  CORRECTION_OUTCOME_TEXTS,
  CORRECTION_STATE_TEXTS,
  DUPLICATE_DECISION_TEXTS,
  REVOCATION_TEXTS,
} from "./corrections.ts";
import { FIELD_ERRORS } from "./field-errors.ts";
import { LEDGER_FINDING_TEXTS } from "./ledger-findings.ts";
import { PROBLEMS } from "./problems.ts";
import { NOT_DECIDED_TEXTS, QUARANTINE_KIND_TEXTS } from "./quarantine.ts";
import { READMISSION_FAILURE_TEXTS, READMISSION_STATE_TEXTS } from "./readmissions.ts";
import {
  CLOSING_TEXTS,
  DAY_STATE_TEXTS,
  DIFFERENCE_TEXTS,
  RECONCILIATION_FAILURE_TEXTS,
  RECONCILIATION_STATE_TEXTS,
} from "./reconciliations.ts";
import {
  FLAG_TEXTS,
  HOLD_TEXTS,
  RECEIPT_TEXTS,
  RECORD_STATE_TEXTS,
  REFUSAL_TEXTS,
  UNCOUNTED_TEXTS,
} from "./records.ts";
import { REPLAY_TEXTS } from "./replays.ts";
import { RULE_CHANGE_STATE_TEXTS } from "./rule-changes.ts";
import {
  BATCH_STATE_TEXTS,
  BREAKER_TEXTS,
  FINDING_TEXTS,
  PULL_KIND_TEXTS,
  PULL_STATE_TEXTS,
  REVIEW_REASON_TEXTS,
} from "./states.ts";
import { UPLOAD_FAILURE_TEXTS, UPLOAD_FINDING_TEXTS, UPLOAD_STATE_TEXTS } from "./uploads.ts";
import { FRESHNESS_TEXTS, NOTICE_TEXTS, REASON_TEXTS } from "./verdicts.ts";

/** Every code of the outside interfaces by group; the docs page prints it and each code has its anchor there. */
export const CATALOGUE = {
  problem: PROBLEMS,
  field: FIELD_ERRORS,
  receipt: RECEIPT_TEXTS,
  refusal: REFUSAL_TEXTS,
  hold: HOLD_TEXTS,
  record: RECORD_STATE_TEXTS,
  uncounted: UNCOUNTED_TEXTS,
  flag: FLAG_TEXTS,
  reason: REASON_TEXTS,
  notice: NOTICE_TEXTS,
  freshness: FRESHNESS_TEXTS,
  replay: REPLAY_TEXTS,
  batch: BATCH_STATE_TEXTS,
  pull: PULL_STATE_TEXTS,
  pullKind: PULL_KIND_TEXTS,
  finding: FINDING_TEXTS,
  breaker: BREAKER_TEXTS,
  review: REVIEW_REASON_TEXTS,
  quarantine: QUARANTINE_KIND_TEXTS,
  "not-decided": NOT_DECIDED_TEXTS,
  readmission: READMISSION_STATE_TEXTS,
  readmissionFailure: READMISSION_FAILURE_TEXTS,
  upload: UPLOAD_STATE_TEXTS,
  uploadFailure: UPLOAD_FAILURE_TEXTS,
  uploadFinding: UPLOAD_FINDING_TEXTS,
  reconciliation: RECONCILIATION_STATE_TEXTS,
  reconciliationDay: DAY_STATE_TEXTS,
  reconciliationFailure: RECONCILIATION_FAILURE_TEXTS,
  difference: DIFFERENCE_TEXTS,
  closing: CLOSING_TEXTS,
  ledgerFinding: LEDGER_FINDING_TEXTS,
  correction: CORRECTION_KIND_TEXTS,
  correctionState: CORRECTION_STATE_TEXTS,
  correctionOutcome: CORRECTION_OUTCOME_TEXTS,
  duplicateDecision: DUPLICATE_DECISION_TEXTS,
  revocation: REVOCATION_TEXTS,
  ruleChange: RULE_CHANGE_STATE_TEXTS,
} as const satisfies Record<string, Readonly<Record<string, CodeText>>>;

export type CatalogueGroup = keyof typeof CATALOGUE;

/** The anchor of a code on the docs page: `problem-body_too_large`. */
export function catalogueAnchor(group: CatalogueGroup, code: string): string {
  return `${group}-${code}`;
}

/** Where a problem's code is explained: the `type` of the problem, relative to the service (RFC 9457, 3.1.1). */
export function problemType(code: keyof typeof PROBLEMS): string {
  return `/docs#${catalogueAnchor("problem", code)}`;
}
