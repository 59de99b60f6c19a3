import {
  decisionsInForce,
  type FindingRow,
  type NameAlias,
  type RowDecisionRow,
  readAliasDecisions,
  readErased,
  readFindings,
  readKnownNames,
  readRefusals,
  readRowDecisions,
  readVersions,
  type Sql,
  type Transaction,
} from "@xueshi/database";
import type { KnownNames, NameVariantPolicy, RecordVersion, RefusedRow, RowDecision } from "@xueshi/domain";

/** Everything that admission has of one record, and by which it is judged. */
export interface RecordFile {
  readonly recordKey: string;
  readonly versions: readonly RecordVersion[];
  readonly refusals: readonly RefusedRow[];
  /** Everything that was ever decided, oldest first. */
  readonly decided: readonly RowDecisionRow[];
  readonly inForce: readonly RowDecision[];
  /** Findings about two records, of which both standing versions still say so. */
  readonly findings: readonly FindingRow[];
  readonly names: NamesOfPeople;
  /** Whether there were rows of somebody who was erased: they are in no list and nothing is decided of them. */
  readonly isErased: boolean;
}

export interface NamesOfPeople {
  readonly policy: NameVariantPolicy;
  readonly known: ReadonlyMap<string, KnownNames>;
  /** Names that are accepted, by the decision that did. */
  readonly aliases: ReadonlyMap<string, NameAlias>;
}

/** Reads the files of a list of records, in the order of their keys; a key of which nothing is stored has an empty file. */
export async function readRecordFiles(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
  policy: NameVariantPolicy = "hold",
): Promise<RecordFile[]> {
  const within = tx as Transaction;
  const keys = [...new Set(recordKeys)].sort();
  const [allVersions, allRefusals, decided, findings] = await Promise.all([
    readVersions(within, keys),
    readRefusals(within, keys),
    readRowDecisions(within, keys),
    readFindings(within, keys),
  ]);
  const named = [...allVersions, ...allRefusals].flatMap(({ practitionerId }) => practitionerId ?? []);
  const erased = await readErased(within, [...new Set(named)]);
  const isErased = ({ practitionerId }: { readonly practitionerId: string | null }) => erased.has(practitionerId ?? "");
  const versions = allVersions.filter((row) => !isErased(row));
  const refusals = allRefusals.filter((row) => !isErased(row) && row.code !== "erased");
  const erasedKeys = new Set([...allVersions, ...allRefusals].filter(isErased).map((row) => row.recordKey));
  const people = [...new Set(versions.map((version) => version.practitionerId))];
  const [known, aliases] = await Promise.all([readKnownNames(within, people), readAliasDecisions(within, people)]);
  const inForce = decisionsInForce(decided);
  const byRecord = <Row extends { readonly recordKey: string }>(rows: readonly Row[]) =>
    Map.groupBy(rows, (row) => row.recordKey);
  const [versionsOf, refusalsOf, decidedOf] = [byRecord(versions), byRecord(refusals), byRecord(decided)];
  const findingsOf = byRecord(findings);
  return keys.map((recordKey) => ({
    recordKey,
    versions: versionsOf.get(recordKey) ?? [],
    refusals: refusalsOf.get(recordKey) ?? [],
    decided: decidedOf.get(recordKey) ?? [],
    inForce: inForce.get(recordKey) ?? [],
    findings: findingsOf.get(recordKey) ?? [],
    names: { policy, known, aliases },
    isErased: erasedKeys.has(recordKey),
  }));
}
