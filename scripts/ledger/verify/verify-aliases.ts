import {
  type KeptAlias,
  type RowDecisionRow,
  readAllNameAliases,
  readRowDecisionsOf,
  readVersions,
  type Sql,
  type Transaction,
} from "@xueshi/database";
import { type LedgerFinding, type RecordVersion, shownValue } from "@xueshi/domain";

const ALIASES_PER_STEP = 1_000;

/** Compares the names that operators accepted with the rows of which they decided so, until they took it back. */
export async function* verifyAliases(sql: Sql): AsyncGenerator<readonly LedgerFinding[]> {
  const aliases = await readAllNameAliases(sql);
  for (let at = 0; at < aliases.length; at += ALIASES_PER_STEP) {
    const some = aliases.slice(at, at + ALIASES_PER_STEP);
    const decisions = await readRowDecisionsOf(
      sql,
      some.map(({ decisionId }) => decisionId),
    );
    const recordKeys = [...new Set(decisions.map(({ recordKey }) => recordKey))];
    const versions = await readVersions(sql as unknown as Transaction, recordKeys);
    yield some.flatMap((alias) => verifyAlias(alias, decisions, versions));
  }
}

function verifyAlias(
  alias: KeptAlias,
  decisions: readonly RowDecisionRow[],
  versions: readonly RecordVersion[],
): LedgerFinding[] {
  const { practitionerId, decisionId, nameDigest } = alias;
  const place = {
    code: "alias_differs",
    table: "admission.name_alias",
    key: `${practitionerId}/${decisionId}`,
  } as const;
  const decision = decisions.find((one) => one.decisionId === decisionId && one.kind === "accept");
  if (decision === undefined) return [{ ...place, field: "decision_id", expected: null, found: decisionId }];
  const findings: LedgerFinding[] = [];
  const row = versions.find((version) => isOf(version, decision) && version.practitionerId === practitionerId);
  if (row?.nameDigest !== nameDigest) {
    findings.push({ ...place, field: "name_digest", expected: row?.nameDigest ?? null, found: nameDigest });
  }
  const undone = decisions.find((one) => one.undoes === decisionId && one.kind === "undo");
  const [expected, found] = [undone?.decidedAtMs ?? null, alias.withdrawnAtMs];
  if (expected !== found) {
    findings.push({ ...place, field: "withdrawn_at", expected: shownValue(expected), found: shownValue(found) });
  }
  return findings;
}

function isOf(version: RecordVersion, { recordKey, updateTimeMs, contentDigest }: RowDecisionRow): boolean {
  const isOfContent = version.recordKey === recordKey && version.contentDigest === contentDigest;
  return isOfContent && version.updateTimeMs === (updateTimeMs ?? 0);
}
