import { plainArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";

/** Which kinds of rows there are about some records beside their versions; nearly always it is none. */
export interface RecordExtras {
  readonly hasRefusals: boolean;
  /** Decisions of operators about subjects, as corrections, about duplicates; undone ones too. */
  readonly hasDecisions: boolean;
  readonly hasCorrections: boolean;
  readonly hasDuplicates: boolean;
}

/** Which kinds of rows there are about some people beside their names; nearly always it is none. */
export interface PersonExtras {
  /** Merges into others, undone ones too. */
  readonly hasMerges: boolean;
  readonly hasErasures: boolean;
}

/** Asks once, with a list that the server reads once, what would take a statement for each kind. */
export async function readRecordExtras(tx: Transaction, recordKeys: readonly string[]): Promise<RecordExtras> {
  const [row] = await tx<[RecordExtras]>`
    SELECT
      EXISTS (SELECT FROM admission.refusal WHERE record_key = ANY(asked.keys)) AS "hasRefusals",
      EXISTS (SELECT FROM classification.decision WHERE record_key = ANY(asked.keys)) AS "hasDecisions",
      EXISTS (SELECT FROM classification.correction_decision WHERE record_key = ANY(asked.keys)) AS "hasCorrections",
      EXISTS (SELECT FROM ledger.duplicate_decision WHERE record_key = ANY(asked.keys)) AS "hasDuplicates"
    FROM (SELECT ${plainArray(recordKeys)}::uuid[] AS keys) AS asked`;
  return row;
}

/** The same about people. */
export async function readPersonExtras(tx: Transaction, practitionerIds: readonly string[]): Promise<PersonExtras> {
  const [row] = await tx<[PersonExtras]>`
    SELECT
      EXISTS (SELECT FROM admission.person_merge WHERE practitioner_id = ANY(asked.people)) AS "hasMerges",
      EXISTS (SELECT FROM admission.tombstone WHERE practitioner_id = ANY(asked.people)) AS "hasErasures"
    FROM (SELECT ${plainArray(practitionerIds)}::uuid[] AS people) AS asked`;
  return row;
}
