import { connect, readActivations, type Sql } from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";

/** Works with a connection that is closed afterwards, whatever happens. */
export async function withDatabase<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-rules" });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Every activation, oldest first. The closed lists are not consulted: a word of an old text may have left them. */
export async function readActivated(sql: Sql): Promise<ActivatedRuleSet[]> {
  const activations = await readActivations(sql);
  return activations.map(({ ruleSetId, fullText, digest, activatedAtMs }) => ({
    ruleSet: parseRuleSet(fullText, ruleSetId),
    digest,
    activatedAtMs,
  }));
}
