import { posix } from "node:path";
import type { Finding, Repository } from "./repository.ts";

/** A code span is taken for a path when it begins with a folder of the root or names a file of the root. */
const ROOT_FOLDERS = ["packages", "services", "infra", "scripts", "tests", ".ci"];
const PATH_SPAN = /^[\w.*-]+(\/[\w.*-]+)*\/?$/;

/** Whatever the pages point at exists: relative links, headings, paths in code spans, and scripts that pnpm is to run. */
export function checkDocuments(repository: Repository, everyPath: readonly string[]): Finding[] {
  const exists = pathLookup(everyPath);
  const manifest = repository.find(({ path }) => path === "package.json")?.text ?? "{}";
  const scripts = Object.keys((JSON.parse(manifest) as { scripts?: object }).scripts ?? {});
  return repository
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap((page) =>
      page.text.split("\n").flatMap((content, index) => {
        const complain = (message: string): Finding => ({ path: page.path, line: index + 1, message });
        const links = matches(content, /\]\(([^)\s]+)\)/g).filter((link) => !/^(https?|mailto):/.test(link));
        const dead = links.filter((link) => !isAlive(link, page.path, repository, exists));
        const spans = matches(content, /`([^`]+)`/g);
        const gone = spans.filter((span) => isPath(span) && !exists(span));
        const unknown = matches(content, /\bpnpm (?:run )?([a-z][a-z:-]*)/g).filter(
          (verb) => !scripts.includes(verb) && !["exec", "install", "add"].includes(verb),
        );
        return [
          ...dead.map((link) => complain(`links to ${link}, which does not exist`)),
          ...gone.map((span) => complain(`names ${span}, which does not exist`)),
          ...unknown.map((verb) => complain(`calls the script ${verb}, which package.json does not have`)),
        ];
      }),
    );
}

/** Pages that code, rules or SQL name, by the end of their path: `platforms.md, rule 3` needs a page of that name. */
export function checkPageMentions(repository: Repository, everyPath: readonly string[]): Finding[] {
  return repository
    .filter(({ path }) => /\.(ts|yaml|sql)$/.test(path) && !path.startsWith("tests/architecture/"))
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((content, index) =>
        matches(content, /(?<![\w./-])([\w-]+(?:\/[\w-]+)*\.md)\b/g)
          .filter((page) => !everyPath.some((known) => `/${known}`.endsWith(`/${page}`)))
          .map((page) => ({ path, line: index + 1, message: `names ${page}, which does not exist` })),
      ),
    );
}

/** How many references there are, for showing that the checker had something to follow. */
export function countReferences(repository: Repository): number {
  return repository
    .filter(({ path }) => path.endsWith(".md"))
    .reduce(
      (sum, { text }) =>
        sum + matches(text, /\]\(([^)\s]+)\)/g).length + matches(text, /`([^`\n]+)`/g).filter(isPath).length,
      0,
    );
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}

function isPath(span: string): boolean {
  return PATH_SPAN.test(span) && ROOT_FOLDERS.includes(span.split("/")[0] ?? "") && span.includes("/");
}

function isAlive(link: string, page: string, repository: Repository, exists: (path: string) => boolean): boolean {
  const [target = "", heading] = link.split("#");
  const path = target === "" ? page : posix.join(posix.dirname(page), target);
  if (!exists(path)) return false;
  if (heading === undefined) return true;
  const text = repository.find((file) => file.path === path)?.text ?? "";
  return matches(text, /^#+ (.+)$/gm).some((title) => anchorOf(title) === heading);
}

/** The anchor that a heading gets: lower case, spaces as hyphens, punctuation left out. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** Whether a path is a file, a folder, or a pattern with `*` that some file matches. */
function pathLookup(everyPath: readonly string[]): (path: string) => boolean {
  const known = new Set<string>();
  for (const path of everyPath) {
    const parts = path.split("/");
    parts.forEach((_, index) => {
      known.add(parts.slice(0, index + 1).join("/"));
    });
  }
  return (asked) => {
    const path = asked.replace(/\/$/, "");
    return path.includes("*") ? everyPath.some((file) => posix.matchesGlob(file, path)) : known.has(path);
  };
}
