import { activateRuleSet, type Sql } from "@xueshi/database";
import { loadRulebook } from "@xueshi/rulebook";
import { sha256Hex } from "@xueshi/vault";

/** A source that registers for a platform from a day on. */
export interface TestRoute {
  readonly source: string;
  readonly platform: string;
  readonly from?: string;
  readonly until?: string | null;
}

/** Activates a rule set of the rulebook with other routes of sources, as an operator would; no routes are `[]`. */
export async function activateRoutes(
  sql: Sql,
  activatedAtMs: number,
  routes: readonly TestRoute[],
  ruleSetId = "quzhou-2020",
): Promise<void> {
  const file = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === ruleSetId);
  if (file === undefined) throw new Error(`there is no rule set ${ruleSetId}`);
  const fullText = file.text.replace(/^sources:.*?\n\n/ms, `${sourcesText(routes)}\n`);
  const digest = sha256Hex(fullText);
  await activateRuleSet(sql, { ruleSetId, activatedAtMs, digest, fullText, activatedBy: "operator" });
}

/** Activates what an older version could read and this one cannot. */
export async function activateUnreadable(sql: Sql, activatedAtMs: number, ruleSetId = "quzhou-2020"): Promise<void> {
  const fullText = "format: 0\n";
  const digest = sha256Hex(fullText);
  await activateRuleSet(sql, { ruleSetId, activatedAtMs, digest, fullText, activatedBy: "operator" });
}

function sourcesText(routes: readonly TestRoute[]): string {
  if (routes.length === 0) return "sources: []\n";
  const entries = routes.map(
    ({ source, platform, from = "2018-01-01", until = null }) =>
      `  - source: ${source}\n    platform: ${platform}\n    from: ${from}\n    until: ${until}\n` +
      "    citation: { document: test, clause: test }\n    provenance: inferred\n",
  );
  return `sources:\n${entries.join("")}`;
}
