import { readPlacements } from "./distribution.ts";
import { isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository } from "./repository.ts";
import { isTestCode, sources } from "./source-graph.ts";

/**
 * Statements that touch tables placed by different keys: no node could run them alone. What another group's rows are needed
 * for is read before and handed in, or copied when it is written.
 */
export function checkQueryGroups(repository: Repository, distributeSql: string): Finding[] {
  const keyOf = new Map(readPlacements(distributeSql).map(({ table, key }) => [table, key]));
  const findings: Finding[] = [];
  for (const file of sources(repository)) {
    if (!file.path.startsWith("packages/database/src/") || isTestCode(file.path)) continue;
    walk(parseSource(file).program, (node) => {
      if (node.type !== "TemplateLiteral" || !Array.isArray(node.quasis)) return;
      const sql = node.quasis
        .map((part: unknown) => (isNode(part) ? file.text.slice(part.start, part.end) : ""))
        .join(" ");
      const tables = [...new Set([...sql.matchAll(/\b[a-z]+\.[a-z_]+\b/g)].map(([name]) => name))];
      const keys = new Set(tables.map((table) => keyOf.get(table) ?? null).filter((key) => key !== null));
      if (keys.size < 2) return;
      const touched = tables.filter((table) => (keyOf.get(table) ?? null) !== null);
      const message = `one statement for ${touched.join(" and ")}, which lie on different nodes`;
      findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
    });
  }
  return findings;
}
