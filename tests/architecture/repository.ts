import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One text file of the repository; the path is relative to its root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a checker looks at: the real files, or a few planted ones that it must complain about. */
export type Repository = readonly SourceFile[];

/** One complaint of a checker. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export const ROOT = join(import.meta.dirname, "../..");

/** Data as it came from outside, and what a tool writes whole: nobody edits these, so no rule of style is theirs. */
const FOREIGN = ["tests/feeds/", "packages/database/drizzle/meta/", "pnpm-lock.yaml", "LICENSE"];

let known: Repository | null = null;

/** Every text file that belongs to the repository, in the order of the paths; read once. */
export function readRepository(): Repository {
  known ??= listFiles("")
    .filter((path) => !FOREIGN.some((foreign) => path.startsWith(foreign)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
  return known;
}

/** Every path, foreign ones too, that the ignore list does not leave out. */
export function listFiles(folder: string): string[] {
  const ignored = ignoredNames();
  const walk = (below: string): string[] =>
    readdirSync(join(ROOT, below), { withFileTypes: true }).flatMap((found) => {
      const path = below === "" ? found.name : `${below}/${found.name}`;
      if (path === ".git" || ignored.has(found.name) || ignored.has(path) || path.endsWith(".log")) return [];
      return found.isDirectory() ? walk(path) : [path];
    });
  return walk(folder).sort();
}

/** Lines of the ignore list: names of folders and files, or whole paths. */
function ignoredNames(): ReadonlySet<string> {
  const lines = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");
  return new Set(lines.map((line) => line.replace(/\/$/, "")).filter((line) => line !== ""));
}

/** A repository of a few files, for showing that a checker notices what it is there for. */
export function plant(files: Readonly<Record<string, string>>): Repository {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Findings as lines for a message: `path:line message`. */
export function report(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
}
