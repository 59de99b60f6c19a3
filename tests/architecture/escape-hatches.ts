import { isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository, type SourceFile } from "./repository.ts";
import { sources } from "./source-graph.ts";

/**
 * Ways to make a test not run. `runIf` may ask one thing: whether a server is installed (`hasRedisServer`); that those are
 * there where it matters is a test of its own.
 */
const NOT_RUN = ["skip", "only", "todo", "fails", "skipIf", "runIf"];
const ASKS_FOR_SERVER = /^\.runIf\(has[A-Z]\w*Server\)/;
const TEST_BLOCKS = ["it", "test", "describe", "suite", "bench", "context", "ctx"];
const ALIASES = ["xit", "xtest", "xdescribe", "fit", "fdescribe"];

/** Comments that switch a checker off. The compiler's and the linter's rules hold everywhere or are changed for all. */
const SWITCHED_OFF = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable|v8 ignore|istanbul ignore/;
const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X{3}|HA[C]K)\b/;

/** Where the type checker, the linter or a test is told to look away, and where work is left for later. */
export function checkEscapeHatches(repository: Repository): Finding[] {
  return sources(repository).flatMap((file) => [...typeHoles(file), ...notRun(file), ...comments(file)]);
}

function typeHoles(file: SourceFile): Finding[] {
  return find(file, ({ type }) => (type === "TSAnyKeyword" ? "any is not a type" : null));
}

function notRun(file: SourceFile): Finding[] {
  return find(file, (node) => {
    if (node.type === "Identifier" && ALIASES.includes(String(node.name)))
      return `${node.name} changes which tests run`;
    if (node.type !== "MemberExpression" || !isNode(node.object) || !isNode(node.property)) return null;
    const verb = String(node.property.name);
    const [block = ""] = file.text.slice(node.object.start, node.object.end).split(/[.(]/);
    if (ASKS_FOR_SERVER.test(file.text.slice(node.object.end, node.object.end + 60))) return null;
    return NOT_RUN.includes(verb) && TEST_BLOCKS.includes(block) ? `${block}.${verb} changes which tests run` : null;
  });
}

function comments({ path, text }: SourceFile): Finding[] {
  return text.split("\n").flatMap((content, index) => {
    const comment = /(?:\/\/|\/\*|^\s*\*)(.*)$/.exec(content)?.[1] ?? "";
    const found = SWITCHED_OFF.exec(comment) ?? UNFINISHED.exec(comment);
    return found === null ? [] : [{ path, line: index + 1, message: `a comment says ${found[0]}` }];
  });
}

function find(file: SourceFile, judge: (node: Parameters<Parameters<typeof walk>[1]>[0]) => string | null): Finding[] {
  const findings: Finding[] = [];
  walk(parseSource(file).program, (node) => {
    const message = judge(node);
    if (message !== null) findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
  });
  return findings;
}
