import {
  decisionOfContent,
  isHeldAsImplausible,
  type JudgedVersion,
  type JudgingContext,
  judgeVersion,
  type NameVariantPolicy,
  REFUSED_BY_OPERATOR,
  type RowDecision,
  receiptOutcome,
  type VersionOrder,
} from "@xueshi/domain";
import type { Sql } from "../connection/connect.ts";
import { readKnownNames } from "./identity-store.ts";
import { isRefusalSaid, isSaid } from "./left-out-rows.ts";
import { readReadmissionIds } from "./readmission-store.ts";
import { readDecisionsInForce } from "./row-decision-store.ts";

/** Per source: how many rows ended how, each row once. */
export type RowSummary = Map<string, Map<string, number>>;

interface SummaryRow extends VersionOrder, JudgedVersion {
  readonly recordKey: string;
  readonly source: string;
  readonly contentDigest: string;
  readonly occurrences: number;
  /** Whether a decision put it in the place of a row. */
  readonly isMade: boolean;
}

const ROWS_PER_FETCH = 5_000;

/**
 * Counts how the rows of each source ended, as one pass over all sources merged by update time would have it: every
 * re-decision made, ties in the order of arrival. Rows that say what an earlier row of the same update time said are
 * `unchanged`. What a re-admission left out is no row any more. Rows in whose place an operator put others are `conflict`; what was put there is no row, though later ones
 * are compared with it. Source: platforms.md, "Counting rows".
 */
export async function summariseRows(sql: Sql, nameVariants: NameVariantPolicy = "hold"): Promise<RowSummary> {
  const summary: RowSummary = new Map();
  const add = (source: string, ending: string, count: number) => {
    const counts = summary.get(source) ?? new Map<string, number>();
    counts.set(ending, (counts.get(ending) ?? 0) + count);
    summary.set(source, counts);
  };
  const refused = await sql<{ source: string; code: string; count: number }[]>`
    SELECT source, code, sum(occurrences)::bigint AS count FROM admission.refusal
    WHERE ${isRefusalSaid(sql, "refusal")} GROUP BY source, code`;
  for (const row of refused) add(row.source, row.code, row.count);

  const leftOutBy = await readReadmissionIds(sql);
  let recordKey = "";
  let earlier: SummaryRow[] = [];
  const rows = sql<SummaryRow[]>`
    SELECT version.record_key AS "recordKey", version.source, version.update_time AS "updateTimeMs",
      encode(version.content_digest, 'hex') AS "contentDigest", version.hours_hundredths AS "hoursHundredths",
      version.occurrences, version.practitioner_id AS "practitionerId",
      encode(version.name_digest, 'hex') AS "nameDigest",
      encode(version.name_variant_digest, 'hex') AS "nameVariantDigest", version.flags, version.voided_by AS "voidedBy",
      EXISTS (
        SELECT FROM admission.row_decision AS decided
        WHERE decided.record_key = version.record_key AND decided.decision_id = version.batch_id
      ) AS "isMade"
    FROM admission.version AS version WHERE ${isSaid(sql, "version", leftOutBy)}
    ORDER BY version.record_key, version.update_time, version.batch_id, version.batch_index`;
  for await (const page of rows.cursor(ROWS_PER_FETCH)) {
    const judging = await readJudging(sql, page, nameVariants);
    for (const row of page) {
      if (row.recordKey !== recordKey) {
        recordKey = row.recordKey;
        earlier = [];
      }
      const context = judging(row.recordKey);
      const judgement = judgeVersion(row, context);
      if (row.isMade) {
        if (judgement === "admitted") earlier.push(row);
        continue;
      }
      if (judgement !== "admitted") {
        const isRefused = decisionOfContent(row.contentDigest, context.decisions)?.kind === "refuse";
        const ending = isRefused ? REFUSED_BY_OPERATOR : "conflict";
        add(row.source, judgement === "voided" ? ending : judgement, row.occurrences);
        continue;
      }
      add(row.source, receiptOutcome(earlier, row), 1);
      if (row.occurrences > 1) add(row.source, "unchanged", row.occurrences - 1);
      earlier.push(row);
    }
  }
  return summary;
}

const NONE: readonly RowDecision[] = [];

/** What is known of the records of a page; decisions are few, and read for rows alone that they can be about. */
async function readJudging(
  sql: Sql,
  page: readonly SummaryRow[],
  nameVariants: NameVariantPolicy,
): Promise<(recordKey: string) => JudgingContext> {
  const decidable = page.filter((row) => row.voidedBy !== null || isHeldAsImplausible(row));
  const [known, decisions] = await Promise.all([
    readKnownNames(sql, [...new Set(page.map((row) => row.practitionerId))]),
    readDecisionsInForce(sql, [...new Set(decidable.map((row) => row.recordKey))]),
  ]);
  const knownNames = (practitionerId: string) => known.get(practitionerId);
  return (recordKey) => ({ knownNames, nameVariants, decisions: decisions.get(recordKey) ?? NONE });
}

/** Rows that overlapping pulls read again, per source, by the counts of their batches. */
export async function countRereadRows(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ source: string; count: number }[]>`
    SELECT source, sum((counts ->> 'reread')::bigint)::bigint AS count FROM acquisition.batch
    WHERE counts ? 'reread' GROUP BY source`;
  return new Map(rows.map((row) => [row.source, row.count]));
}
