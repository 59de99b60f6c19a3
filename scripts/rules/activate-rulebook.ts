import { activateNewText, readActivations, type Sql } from "@xueshi/database";
import type { RulebookFile } from "@xueshi/rulebook";

/** What became of a rule file when an installation was brought up to date. */
export type UnattendedOutcome =
  | "activated"
  | "in force already"
  | "replaced by another text before"
  | "draft, not activated";

export interface UnattendedActivation {
  readonly file: RulebookFile;
  readonly outcome: UnattendedOutcome;
}

/**
 * Puts rule files in force with nobody deciding, as migrations and the start do: texts that this database never had, and
 * no drafts. A text that an operator replaced by another one stays replaced.
 */
export async function activateRulebook(
  sql: Sql,
  files: readonly RulebookFile[],
  { activatedBy, clock }: { readonly activatedBy: string; readonly clock: () => number },
): Promise<UnattendedActivation[]> {
  const activations: UnattendedActivation[] = [];
  for (const file of files) {
    activations.push({ file, outcome: await activateFile(sql, file, activatedBy, clock()) });
  }
  return activations;
}

async function activateFile(
  sql: Sql,
  { ruleSet, text, digest }: RulebookFile,
  activatedBy: string,
  activatedAtMs: number,
): Promise<UnattendedOutcome> {
  if (ruleSet.isDraft) return "draft, not activated";
  const activation = { ruleSetId: ruleSet.id, activatedAtMs, digest, fullText: text, activatedBy };
  if (await activateNewText(sql, activation)) return "activated";
  const newest = (await readActivations(sql)).filter(({ ruleSetId }) => ruleSetId === ruleSet.id).at(-1);
  return newest?.digest === digest ? "in force already" : "replaced by another text before";
}
