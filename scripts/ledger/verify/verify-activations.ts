import { readActivations, type Sql } from "@xueshi/database";
import type { LedgerFinding } from "@xueshi/domain";
import { digestText, parseRuleSet } from "@xueshi/rulebook";

/** Compares every activation with its own text. */
export async function verifyActivations(sql: Sql): Promise<LedgerFinding[]> {
  return (await readActivations(sql)).flatMap(({ ruleSetId, activatedAtMs, digest, fullText }) => {
    const at = Number.isNaN(activatedAtMs) ? "?" : new Date(activatedAtMs).toISOString();
    const place = { code: "activation_differs", table: "requirement.activation", key: `${ruleSetId}/${at}` } as const;
    const columns = [
      ["digest", digestText(fullText), digest],
      ["rule_set_id", idOf(fullText), ruleSetId],
    ] as const;
    return columns
      .filter(([, expected, found]) => expected !== found)
      .map(([field, expected, found]) => ({ ...place, field, expected, found }));
  });
}

/** Null: the text cannot be read. */
function idOf(fullText: string): string | null {
  try {
    return parseRuleSet(fullText).id;
  } catch {
    return null;
  }
}
