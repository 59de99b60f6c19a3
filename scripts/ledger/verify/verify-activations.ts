import { readActivations, type Sql } from "@xueshi/database";
import type { LedgerFinding } from "@xueshi/domain";
import { digestText, parseRuleSet } from "@xueshi/rulebook";

/** Compares every activation with its own text. */
export async function verifyActivations(sql: Sql): Promise<LedgerFinding[]> {
  return (await readActivations(sql)).flatMap(({ ruleSetId, activatedAtMs, digest, fullText }) => {
    const at = Number.isNaN(activatedAtMs) ? "?" : new Date(activatedAtMs).toISOString();
    const place = { code: "activation_differs", table: "requirement.activation", key: `${ruleSetId}/${at}` } as const;
    const textDigest = digestText(fullText);
    const columns = [
      ["digest", textDigest, digest],
      ["rule_set_id", idOf(fullText, textDigest), ruleSetId],
    ] as const;
    return columns
      .filter(([, expected, found]) => expected !== found)
      .map(([field, expected, found]) => ({ ...place, field, expected, found }));
  });
}

const ids = new Map<string, string | null>();

/** Of a text, which is long to read, by its digest; null: it cannot be read. */
function idOf(fullText: string, digest: string): string | null {
  const known = ids.get(digest);
  if (known !== undefined) return known;
  const id = readId(fullText);
  ids.set(digest, id);
  return id;
}

function readId(fullText: string): string | null {
  try {
    return parseRuleSet(fullText).id;
  } catch {
    return null;
  }
}
