import type { Finding, Repository } from "./repository.ts";
import { edges, resolveRelative } from "./source-graph.ts";

/** Files that import themselves by way of others; types count too, for two files that need each other are one. */
export function checkImportCycles(repository: Repository): Finding[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, specifier } of edges(repository)) {
    const target = resolveRelative(from.path, specifier);
    if (target !== null) targets.set(from.path, (targets.get(from.path) ?? new Set()).add(target));
  }
  const findings: Finding[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at !== -1) findings.push({ path, line: 1, message: [...trail.slice(at), path].join(" → ") });
    if (at !== -1 || finished.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) visit(target);
    trail.pop();
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path);
  return findings;
}
