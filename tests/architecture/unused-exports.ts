import { parseSource, walk } from "./parse-source.ts";
import type { Finding, Repository, SourceFile } from "./repository.ts";
import { isTestCode, memberOf, sources } from "./source-graph.ts";

/**
 * Functions and values of the product that no other file mentions by name. Passing a name on is no use of it, and a unit
 * test alone keeps alive only what its file uses itself. Types are left out: the type of a parameter is exported for its
 * callers' sake.
 */
export function checkUnusedExports(repository: Repository): Finding[] {
  const users = sources(repository).map((file) => ({ path: file.path, words: wordsOf(withoutReExports(file)) }));
  return sources(repository)
    .filter(({ path }) => /^(packages|services)\//.test(memberOf(path)) && !isTestCode(path) && !isReadByTools(path))
    .flatMap((file) => {
      const test = file.path.replace(/\.ts$/, "");
      const own = wordCounts(file.text);
      const isUsed = (name: string) =>
        users.some(({ path, words }) => {
          if (path === file.path || !words.has(name)) return false;
          return !path.startsWith(`${test}.`) || (own.get(name) ?? 0) > 1;
        });
      return parseSource(file)
        .exports.filter(({ name, isType }) => !isType && !isUsed(name))
        .map(({ name, line }) => ({ path: file.path, line, message: `${name} is exported and nothing uses it` }));
    });
}

/** Indexes pass on; tables and settings are read by the tool that writes migrations. */
function isReadByTools(path: string): boolean {
  return /\/(?:index|tables|[\w-]+\.config)\.ts$/.test(path);
}

function withoutReExports(file: SourceFile): string {
  let kept = file.text;
  walk(parseSource(file).program, (node) => {
    const passesOn =
      node.type === "ExportAllDeclaration" || (node.type === "ExportNamedDeclaration" && node.source !== null);
    if (passesOn) kept = kept.slice(0, node.start) + " ".repeat(node.end - node.start) + kept.slice(node.end);
  });
  return kept;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\w$]+/g) ?? []);
}

function wordCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.match(/[\w$]+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
