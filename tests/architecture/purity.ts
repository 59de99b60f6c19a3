import { type AstNode, isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository, type SourceFile } from "./repository.ts";
import { edges, isTestCode, memberOf, sources } from "./source-graph.ts";

/** Where the machine's clock and chance may be read: the package that hands them out, and programs outside the product. */
const AMBIENT_ALLOWED = ["packages/runtime", "scripts", "tests", ""];

/** Names of Node's global scope by which a pure function would do IO or wait. */
const GLOBAL_IO = new Set([
  "process",
  "fetch",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "globalThis",
  "performance",
  "Buffer",
]);

/** The core imports only itself and touches nothing outside itself: a stage is a function of its arguments. */
export function checkDomainPurity(repository: Repository): Finding[] {
  const inDomain = (path: string) => path.startsWith("packages/domain/src/") && !isTestCode(path);
  const imported = edges(repository)
    .filter(({ from, specifier }) => inDomain(from.path) && !specifier.startsWith("."))
    .map(({ from, specifier, line }) => ({ path: from.path, line, message: `the core imports ${specifier}` }));
  const touched = sources(repository)
    .filter(({ path }) => inDomain(path))
    .flatMap((file) => find(file, (node, parent) => globalIo(node, parent)));
  return [...imported, ...touched];
}

/** Outside the runtime package the clock, the id generator and chance are arguments. */
export function checkAmbientTime(repository: Repository): Finding[] {
  return sources(repository)
    .filter(({ path }) => !AMBIENT_ALLOWED.includes(memberOf(path)) && !isTestCode(path))
    .flatMap((file) => find(file, ambient));
}

function find(file: SourceFile, judge: (node: AstNode, parent: AstNode | null) => string | null): Finding[] {
  const findings: Finding[] = [];
  walk(parseSource(file).program, (node, parent) => {
    const message = judge(node, parent);
    if (message !== null) findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
  });
  return findings;
}

function globalIo(node: AstNode, parent: AstNode | null): string | null {
  if (node.type !== "Identifier" || typeof node.name !== "string" || !GLOBAL_IO.has(node.name)) return null;
  // `row.process` and `{ process: 1 }` are names of the value's own, not of the global scope.
  const isOwnName = (parent?.property === node || parent?.key === node) && parent.computed !== true;
  return isOwnName ? null : `the core touches ${node.name}`;
}

function ambient(node: AstNode): string | null {
  if (node.type === "NewExpression" && nameOf(node.callee) === "Date" && isEmpty(node.arguments)) {
    return "new Date() reads the machine's clock";
  }
  if (node.type === "CallExpression" && nameOf(node.callee) === "Date") return "Date() reads the machine's clock";
  if (node.type === "ImportSpecifier" && nameOf(node.imported) === "randomUUID")
    return "randomUUID makes ids of its own";
  if (node.type !== "MemberExpression") return null;
  const path = `${nameOf(node.object)}.${nameOf(node.property)}`;
  const banned = ["Date.now", "Math.random", "crypto.randomUUID", "Temporal.Now"];
  return banned.includes(path) ? `${path} reads the machine's clock or chance` : null;
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node.name === "string" ? node.name : "";
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
