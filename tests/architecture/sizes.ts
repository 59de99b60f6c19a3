import { isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository, type SourceFile } from "./repository.ts";
import { isTestCode, sources } from "./source-graph.ts";

export const LINES_MAX = { source: 400, test: 600, function: 70 } as const;
/** What the files of the product should look like as a whole. */
export const BUDGET_LINES = { median: 120, p95: 300 } as const;

/** Files over their cap, and functions over theirs; the blocks of a test file are text, not functions. */
export function checkSizes(repository: Repository): Finding[] {
  return sources(repository).flatMap((file) => {
    const { path, text } = file;
    const isTest = isTestCode(path);
    const most = isTest ? LINES_MAX.test : LINES_MAX.source;
    const lines = lineCount(text);
    const tooLong = lines > most ? [{ path, line: lines, message: `has ${lines} lines; ${most} is the cap` }] : [];
    return [...tooLong, ...(isTest ? [] : longFunctions(file))];
  });
}

function longFunctions({ path, text, ...rest }: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(parseSource({ path, text, ...rest }).program, (node) => {
    if (!isNode(node.body) || !/Function/.test(node.type)) return;
    const first = lineAt(text, node.start);
    const lines = lineAt(text, node.end) - first + 1;
    if (lines <= LINES_MAX.function) return;
    findings.push({ path, line: first, message: `a function of ${lines} lines; ${LINES_MAX.function} is the cap` });
  });
  return findings;
}

/** The line counts of the product's source files, as quantiles. */
export function measureSizes(repository: Repository): { files: number; median: number; p95: number; largest: number } {
  const counts = sources(repository)
    .filter(({ path }) => !isTestCode(path))
    .map(({ text }) => lineCount(text))
    .sort((left, right) => left - right);
  const at = (share: number) => counts[Math.min(counts.length - 1, Math.floor(counts.length * share))] ?? 0;
  return { files: counts.length, median: at(0.5), p95: at(0.95), largest: counts.at(-1) ?? 0 };
}

function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
