import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A name under which rows of a person are accepted, by which decision. */
export interface NameAlias {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  readonly decisionId: string;
}

export async function writeNameAliases(tx: Transaction, aliases: readonly NameAlias[]): Promise<void> {
  if (aliases.length === 0) return;
  await tx`
    INSERT INTO admission.name_alias (practitioner_id, name_digest, decision_id)
    SELECT person, decode(name, 'hex'), decision FROM unnest(
      ${plainArray(aliases.map((alias) => alias.practitionerId))}::uuid[],
      ${plainArray(aliases.map((alias) => alias.nameDigest))}::text[],
      ${plainArray(aliases.map((alias) => alias.decisionId))}::uuid[]
    ) AS alias (person, name, decision)`;
}

/** Takes back the alias of a decision; returns the alias, or null where the decision made none. */
export async function withdrawNameAlias(
  tx: Transaction,
  practitionerId: string,
  decisionId: string,
  withdrawnAtMs: number,
): Promise<NameAlias | null> {
  const [row] = await tx<NameAlias[]>`
    UPDATE admission.name_alias SET withdrawn_at = ${instantText(withdrawnAtMs)}::timestamptz
    WHERE practitioner_id = ${practitionerId} AND decision_id = ${decisionId} AND withdrawn_at IS NULL
    RETURNING practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest",
      decision_id AS "decisionId"`;
  return row ?? null;
}

/** Records of which some version carries one of a list of people's names. */
export async function readRecordKeysOfNames(
  tx: Transaction,
  names: readonly Pick<NameAlias, "practitionerId" | "nameDigest">[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const people = plainArray(names.map((name) => name.practitionerId));
  const rows = await tx`
    SELECT DISTINCT record_key FROM admission.version
    WHERE practitioner_id = ANY(${people}::uuid[]) AND (practitioner_id, name_digest) IN (
      SELECT person, decode(name, 'hex')
      FROM unnest(${people}::uuid[], ${plainArray(names.map((name) => name.nameDigest))}::text[]) AS said (person, name)
    )`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

/** Which of a list of decisions accepted a name, that still stands. */
export async function readAliasDecisions(
  tx: Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, NameAlias>> {
  const rows = await tx<NameAlias[]>`
    SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest", decision_id AS "decisionId"
    FROM admission.name_alias
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[]) AND withdrawn_at IS NULL`;
  return new Map(rows.map((alias) => [alias.decisionId, alias]));
}

/** An alias as it is kept. */
export interface KeptAlias extends NameAlias {
  /** Milliseconds since 1970 UTC; null: it is in force. */
  readonly withdrawnAtMs: number | null;
}

/** Every alias, in order of person. */
export async function readAllNameAliases(sql: Sql): Promise<KeptAlias[]> {
  return sql<KeptAlias[]>`
    SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest", decision_id AS "decisionId",
      withdrawn_at AS "withdrawnAtMs"
    FROM admission.name_alias ORDER BY practitioner_id, name_digest, decision_id`;
}
