import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The absolute data directory: the given one (relative to `cwd`), else `.data` beside the nearest
 * `pnpm-workspace.yaml` above `cwd`, so that every package's script finds the same; else `.data` under `cwd`.
 */
export function findDataDir(given: string | undefined, cwd: string): string {
  if (given !== undefined) return resolve(cwd, given);
  return join(findWorkspaceRoot(cwd) ?? cwd, ".data");
}

function findWorkspaceRoot(from: string): string | null {
  if (existsSync(join(from, "pnpm-workspace.yaml"))) return from;
  const parent = dirname(from);
  return parent === from ? null : findWorkspaceRoot(parent);
}
