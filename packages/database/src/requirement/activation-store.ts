import { instantArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

export interface Activation {
  readonly ruleSetId: string;
  readonly activatedAtMs: number;
  /** SHA-256 of the full text, hex. */
  readonly digest: string;
  readonly fullText: string;
  readonly activatedBy: string;
}

/** Every activation, oldest first. */
export async function readActivations(tx: Sql | Transaction): Promise<Activation[]> {
  return (tx as Sql)<Activation[]>`
    SELECT rule_set_id AS "ruleSetId", activated_at AS "activatedAtMs", encode(digest, 'hex') AS digest,
      full_text AS "fullText", activated_by AS "activatedBy"
    FROM requirement.activation ORDER BY activated_at, rule_set_id`;
}

/** Every activation without its text, oldest first. */
export async function readActivationKeys(
  sql: Sql,
): Promise<Pick<Activation, "ruleSetId" | "activatedAtMs" | "digest">[]> {
  return sql<Pick<Activation, "ruleSetId" | "activatedAtMs" | "digest">[]>`
    SELECT rule_set_id AS "ruleSetId", activated_at AS "activatedAtMs", encode(digest, 'hex') AS digest
    FROM requirement.activation ORDER BY activated_at, rule_set_id`;
}

/** How many activations there are: they are only ever added, so an equal count is an equal list. */
export async function readActivationCount(tx: Sql | Transaction): Promise<number> {
  const [row] = await (tx as Sql)<{ count: number }[]>`SELECT count(*) AS count FROM requirement.activation`;
  return row?.count ?? 0;
}

/** Activations by rule set and instant, whatever their texts are now; those that there are. */
export async function readActivationsAt(
  sql: Sql,
  keys: readonly Pick<Activation, "ruleSetId" | "activatedAtMs">[],
): Promise<Activation[]> {
  if (keys.length === 0) return [];
  return sql<Activation[]>`
    SELECT rule_set_id AS "ruleSetId", activated_at AS "activatedAtMs", encode(digest, 'hex') AS digest,
      full_text AS "fullText", activated_by AS "activatedBy"
    FROM unnest(
      ${textArray(keys.map((key) => key.ruleSetId))}::text[],
      ${instantArray(keys.map((key) => key.activatedAtMs))}::timestamptz[]
    ) AS asked (id, at)
    JOIN requirement.activation ON rule_set_id = asked.id AND activated_at = asked.at
    ORDER BY activated_at, rule_set_id`;
}

/**
 * Activates a rule set as somebody decided: unless its newest activation already has this text. Returns whether a row was
 * added.
 */
export async function activateRuleSet(sql: Sql, activation: Activation): Promise<boolean> {
  const { ruleSetId, activatedAtMs, digest, fullText, activatedBy } = activation;
  const rows = await sql`
    INSERT INTO requirement.activation (rule_set_id, activated_at, digest, full_text, activated_by)
    SELECT ${ruleSetId}, ${instantText(activatedAtMs)}::timestamptz, decode(${digest}, 'hex'), ${fullText}, ${activatedBy}
    WHERE NOT EXISTS (
      SELECT 1 FROM (
        SELECT digest FROM requirement.activation WHERE rule_set_id = ${ruleSetId} ORDER BY activated_at DESC LIMIT 1
      ) AS newest WHERE newest.digest = decode(${digest}, 'hex')
    ) RETURNING 1`;
  return rows.length > 0;
}

/**
 * Activates a rule set with nobody deciding: only a text that was never activated under this id, so that what an operator
 * activated in its place stays in force. Returns whether a row was added.
 */
export async function activateNewText(sql: Sql, activation: Activation): Promise<boolean> {
  const { ruleSetId, activatedAtMs, digest, fullText, activatedBy } = activation;
  const rows = await sql`
    INSERT INTO requirement.activation (rule_set_id, activated_at, digest, full_text, activated_by)
    SELECT ${ruleSetId}, ${instantText(activatedAtMs)}::timestamptz, decode(${digest}, 'hex'), ${fullText}, ${activatedBy}
    WHERE NOT EXISTS (
      SELECT 1 FROM requirement.activation
      WHERE rule_set_id = ${ruleSetId} AND digest = decode(${digest}, 'hex')
    ) RETURNING 1`;
  return rows.length > 0;
}
