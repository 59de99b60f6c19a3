import { posix } from "node:path";
import { parseSource, type SourceImport } from "./parse-source.ts";
import type { Repository, SourceFile } from "./repository.ts";

/** Every TypeScript file of a repository. */
export function sources(repository: Repository): SourceFile[] {
  return repository.filter(({ path }) => path.endsWith(".ts"));
}

/** The workspace member a file belongs to: `packages/domain`, `services/query-api`, `scripts`, `tests`, or the root. */
export function memberOf(path: string): string {
  const [top = "", name = ""] = path.split("/");
  if (top === "packages" || top === "services") return `${top}/${name}`;
  return path.includes("/") ? top : "";
}

/** Where a relative import leads, as a path of the repository; null for a package. */
export function resolveRelative(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : null;
}

/** The npm package of a specifier: `@xueshi/runtime/testing` is of `@xueshi/runtime`; null for a relative one. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith(".")) return null;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

export interface Edge extends SourceImport {
  readonly from: SourceFile;
}

/** Every import of every TypeScript file. */
export function edges(repository: Repository): Edge[] {
  return sources(repository).flatMap((from) => parseSource(from).imports.map((edge) => ({ ...edge, from })));
}

/** Test code: `*.test.ts`, and what lies in `tests/` or in a `testing` folder. Rules about the product leave it out. */
export function isTestCode(path: string): boolean {
  return /\.test\.ts$|^tests\/|\/testing\//.test(path);
}
