import { instantText, type Sql } from "../connection/connect.ts";

export interface Activation {
  readonly ruleSetId: string;
  readonly activatedAtMs: number;
  /** SHA-256 of the full text, hex. */
  readonly digest: string;
  readonly fullText: string;
  readonly activatedBy: string;
}

/** Every activation, oldest first. */
export async function readActivations(sql: Sql): Promise<Activation[]> {
  return sql<Activation[]>`
    SELECT rule_set_id AS "ruleSetId", activated_at AS "activatedAtMs", encode(digest, 'hex') AS digest,
      full_text AS "fullText", activated_by AS "activatedBy"
    FROM requirement.activation ORDER BY activated_at, rule_set_id`;
}

/** How many activations there are: they are only ever added, so an equal count is an equal list. */
export async function readActivationCount(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`SELECT count(*) AS count FROM requirement.activation`;
  return row?.count ?? 0;
}

/** Activates a rule set unless its newest activation already has this text. Returns whether a row was added. */
export async function activateRuleSet(sql: Sql, activation: Activation): Promise<boolean> {
  const rows = await sql`
    INSERT INTO requirement.activation (rule_set_id, activated_at, digest, full_text, activated_by)
    SELECT ${activation.ruleSetId}, ${instantText(activation.activatedAtMs)}::timestamptz,
      decode(${activation.digest}, 'hex'), ${activation.fullText}, ${activation.activatedBy}
    WHERE NOT EXISTS (
      SELECT 1 FROM (
        SELECT digest FROM requirement.activation WHERE rule_set_id = ${activation.ruleSetId}
        ORDER BY activated_at DESC LIMIT 1
      ) AS newest WHERE newest.digest = decode(${activation.digest}, 'hex')
    ) RETURNING 1`;
  return rows.length > 0;
}
