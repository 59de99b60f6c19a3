import type { CountsInsteadToPresent } from "@xueshi/contracts";
import {
  type CompetingRow,
  readCompeting,
  readDuplicatesAround,
  type SaidDuplicateDecision,
  type Sql,
} from "@xueshi/database";
import { competingRecord, explainDuplicate } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";

/** Whose duplicates are to be explained, by what the chain said up to a sequence. */
export interface ExplainedPerson {
  readonly practitionerId: string;
  readonly sequence: number;
}

/** Says of a person's duplicate by source and record id which record counts in its place; null: it is none, or none does. */
export type ExplainDuplicate = (
  source: string,
  recordId: string,
) => (CountsInsteadToPresent & { sequence: number }) | null;

/** A person's duplicates, and what explains each. */
export interface ExplainedDuplicates {
  readonly duplicates: readonly CompetingRow[];
  readonly explain: ExplainDuplicate;
}

/**
 * Reads what explains the duplicates of some people, in as many statements as for one.
 * @param knownAtMs until when decisions count, milliseconds since 1970 UTC
 */
export async function explainDuplicates(
  sql: Sql,
  people: readonly ExplainedPerson[],
  knownAtMs: number,
): Promise<ReadonlyMap<string, ExplainedDuplicates>> {
  const rows = await readCompeting(sql, people);
  const byPerson = Map.groupBy(rows, ({ practitionerId }) => practitionerId);
  const duplicated = [...byPerson.values()].filter((own) => own.some(({ state }) => state === "duplicate")).flat();
  const decisions = await readDuplicatesAround(
    sql,
    duplicated.map(({ recordKey }) => recordKey),
    knownAtMs,
  );
  return new Map(
    people.map(({ practitionerId }) => {
      const own = byPerson.get(practitionerId) ?? [];
      const duplicates = own.filter(({ state }) => state === "duplicate");
      return [practitionerId, { duplicates, explain: explainer(own, decisions) }];
    }),
  );
}

function explainer(rows: readonly CompetingRow[], decisions: readonly SaidDuplicateDecision[]): ExplainDuplicate {
  const competing = rows.map((row) => competingRecord(row, sha256Hex));
  const names = new Map(rows.map(({ recordKey, source, recordId }) => [recordKey, { source, recordId }]));
  const unnamed = { source: null, recordId: null };
  return (source, recordId) => {
    const row = rows.find((one) => one.source === source && one.recordId === recordId && one.state === "duplicate");
    const found = row === undefined ? null : explainDuplicate(row.recordKey, competing, decisions);
    if (row === undefined || found === null) return null;
    const because = found.because.map(({ recordKey, decision }) => ({
      record: names.get(recordKey) ?? unnamed,
      decision,
    }));
    const { source: of, recordId: id } = found.counting;
    return { sequence: row.sequence, counting: { source: of, recordId: id }, because };
  };
}
