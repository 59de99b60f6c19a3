import { posix } from "node:path";
import { parseSource } from "./parse-source.ts";
import type { Finding, Repository, SourceFile } from "./repository.ts";
import { edges, isTestCode, memberOf, resolveRelative } from "./source-graph.ts";

/** The seven stages. Their alphabetical order is the order of the flow, so `ls` prints the pipeline. */
export const STAGES = [
  "acquisition",
  "admission",
  "classification",
  "ledger",
  "projection",
  "requirement",
  "verdict",
] as const;

const STAGED = /^(packages\/(?:domain|database)|services\/[^/]+)\/src\/([^/]+)\//;

/** The stage a file lies in, or null for a file above or beside the stages. */
export function stageOf(path: string): string | null {
  const folder = STAGED.exec(path)?.[2] ?? "";
  return STAGES.some((stage) => stage === folder) ? folder : null;
}

/**
 * A stage may import only stages that `ls` prints before it; the database's stages see the core's the same way through its
 * index; and what is no stage but lies in a folder beside them (values, connections) imports none.
 */
export function checkStageOrder(repository: Repository): Finding[] {
  const origins = indexOrigins(repository, "packages/domain");
  return edges(repository).flatMap(({ from, specifier, names, line }) => {
    if (!STAGED.test(from.path) || isTestCode(from.path)) return [];
    const own = stageOf(from.path);
    const target = resolveRelative(from.path, specifier);
    const reached =
      target === null ? throughIndex(from, specifier, names, origins) : [[specifier, stageOf(target)] as const];
    return reached
      .filter(([, stage]) => stage !== null && (own === null ? target !== null : stage > own))
      .map(([what, stage]) => ({
        path: from.path,
        line,
        message: `${own ?? "no stage"} imports ${what} of the later stage ${stage}`,
      }));
  });
}

/** A service's stage may use any part of the packages: only the database's stages must line up with the core's. */
function throughIndex(
  from: SourceFile,
  specifier: string,
  names: readonly string[],
  origins: ReadonlyMap<string, string>,
): (readonly [string, string | null])[] {
  if (!from.path.startsWith("packages/")) return [];
  return names.map((name) => [`${name} of ${specifier}`, origins.get(`${specifier}#${name}`) ?? null]);
}

/** For each name an index exports, the stage of the file that it comes from: `@xueshi/domain#Verdict` → `verdict`. */
function indexOrigins(repository: Repository, member: string): Map<string, string> {
  const byPath = new Map(repository.map((file) => [file.path, file]));
  const index = byPath.get(`${member}/src/index.ts`);
  const origins = new Map<string, string>();
  for (const { specifier, names } of index === undefined ? [] : parseSource(index).imports) {
    const path = posix.join(member, "src", specifier);
    const stage = stageOf(path);
    if (stage === null) continue;
    const target = byPath.get(path);
    const passed = names.length > 0 || target === undefined ? names : exportedNames(target);
    for (const name of passed) origins.set(`@xueshi/${posix.basename(member)}#${name}`, stage);
  }
  return origins;
}

function exportedNames(file: SourceFile): string[] {
  return parseSource(file).exports.map(({ name }) => name);
}

/** The stage folders of a member that exist, for showing that the rule had something to hold. */
export function stageFolders(repository: Repository): string[] {
  const found = repository.flatMap(({ path }) => {
    const stage = stageOf(path);
    return stage === null ? [] : [`${memberOf(path)}/src/${stage}`];
  });
  return [...new Set(found)];
}
