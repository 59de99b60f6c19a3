import type { Finding, Repository } from "./repository.ts";
import { edges, isTestCode, memberOf, packageOf, resolveRelative } from "./source-graph.ts";

/** Which packages each package may import; a service may import every package and no service. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  contracts: ["domain"],
  database: ["domain"],
  platforms: ["domain"],
  rulebook: ["domain"],
  vault: ["domain"],
  queue: [],
  runtime: [],
  http: ["contracts"],
};

/** Libraries that one member alone may import, so that what they do stays behind its exports. */
const OWNED: Readonly<Record<string, string>> = {
  "drizzle-orm": "packages/database",
  "drizzle-kit": "packages/database",
  postgres: "packages/database",
  bullmq: "packages/queue",
  ioredis: "packages/queue",
  pg: "packages/queue",
  "pg-copy-streams": "packages/database",
};

/** Packages import downwards only, through each other's exports; nothing under packages or services reaches out of itself. */
export function checkPackageGraph(repository: Repository): Finding[] {
  return edges(repository).flatMap(({ from, specifier, line }) => {
    const member = memberOf(from.path);
    if (!/^(packages|services)\//.test(member)) return [];
    const complain = (message: string): Finding[] => [{ path: from.path, line, message }];
    const target = resolveRelative(from.path, specifier);
    if (target !== null)
      return target.startsWith(`${member}/`) ? [] : complain(`reaches out of ${member}: ${specifier}`);
    const [scope, name = "", ...inner] = specifier.split("/");
    if (scope !== "@xueshi") return [];
    const isTest = isTestCode(from.path);
    if (inner.length > 0 && !isTest) return complain(`imports a part of a package that is for tests: ${specifier}`);
    if (isTest && (name === "runtime" || name === "scripts")) return [];
    if (!(name in MAY_IMPORT)) return complain(`imports ${specifier}, which is no package of packages/`);
    const allowed = member.startsWith("services/") ? null : MAY_IMPORT[member.replace("packages/", "")];
    if (allowed === undefined) return complain(`${member} has no place in the package graph yet`);
    return allowed === null || allowed.includes(name) ? [] : complain(`${member} must not import ${specifier}`);
  });
}

/** Only the owner of a library imports it. Tests may look at the product from outside with any client. */
export function checkOwnedLibraries(repository: Repository): Finding[] {
  return edges(repository).flatMap(({ from, specifier, line }) => {
    const owner = OWNED[packageOf(specifier) ?? ""];
    const member = memberOf(from.path);
    if (owner === undefined || owner === member || !/^(packages|services)\//.test(member)) return [];
    if (isTestCode(from.path)) return [];
    return [{ path: from.path, line, message: `only ${owner} imports ${packageOf(specifier)}` }];
  });
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What a package.json declares for its running code must be an edge of the graph too. */
export function checkManifests(repository: Repository): Finding[] {
  return repository.flatMap(({ path, text }) => {
    const [, folder, member = ""] = /^(packages|services)\/([^/]+)\/package\.json$/.exec(path) ?? [];
    if (folder === undefined) return [];
    const { dependencies = {} }: Manifest = JSON.parse(text);
    const allowed = folder === "services" ? Object.keys(MAY_IMPORT) : (MAY_IMPORT[member] ?? []);
    return Object.keys(dependencies)
      .filter((name) => name.startsWith("@xueshi/") && !allowed.includes(name.replace("@xueshi/", "")))
      .map((name) => ({ path, line: 1, message: `must not depend on ${name}` }));
  });
}
