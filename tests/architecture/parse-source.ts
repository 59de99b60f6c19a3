import { parseSync } from "rolldown/utils";
import { lineAt, type SourceFile } from "./repository.ts";

/** One import, re-export, dynamic import or `import("…")` type. */
export interface SourceImport {
  readonly specifier: string;
  /** The imported names; empty for a namespace, a side effect or `export *`. */
  readonly names: readonly string[];
  readonly isType: boolean;
  readonly line: number;
}

export interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface ParsedSource {
  readonly imports: readonly SourceImport[];
  /** Names this file exports itself; `export *` is only in `imports`. */
  readonly exports: readonly { readonly name: string; readonly isType: boolean; readonly line: number }[];
  readonly program: unknown;
}

const parsed = new WeakMap<SourceFile, ParsedSource>();

/** Parses a TypeScript file; one that does not parse is an error with its place. */
export function parseSource(file: SourceFile): ParsedSource {
  const earlier = parsed.get(file);
  if (earlier !== undefined) return earlier;
  const result = parseSync(file.path, file.text);
  const [problem] = result.errors;
  if (problem !== undefined) throw new SyntaxError(`${file.path} does not parse: ${problem.message}`);
  const lineOf = (offset: number) => lineAt(file.text, offset);
  const reExported = result.module.staticExports.flatMap(({ start, entries }) =>
    entries.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest === null
        ? []
        : [{ specifier: moduleRequest.value, names: nameOf(importName), isType, line: lineOf(start) }],
    ),
  );
  const source: ParsedSource = {
    program: result.program,
    imports: [
      ...result.module.staticImports.map(({ start, moduleRequest, entries }) => ({
        specifier: moduleRequest.value,
        names: entries.flatMap(({ importName }) => nameOf(importName)),
        isType: entries.length > 0 && entries.every(({ isType }) => isType),
        line: lineOf(start),
      })),
      ...reExported,
      ...lateImports(result.program, lineOf),
    ],
    exports: result.module.staticExports.flatMap(({ start, entries }) =>
      entries.flatMap(({ exportName, isType }) =>
        nameOf(exportName).map((name) => ({ name, isType, line: lineOf(start) })),
      ),
    ),
  };
  parsed.set(file, source);
  return source;
}

function nameOf(imported: { readonly kind: string; readonly name?: string | null }): string[] {
  return imported.kind === "Name" && typeof imported.name === "string" ? [imported.name] : [];
}

/** `import("…")` as a call or as a type; the specifier must be written out to be seen. */
function lateImports(program: unknown, lineOf: (offset: number) => number): SourceImport[] {
  const found: SourceImport[] = [];
  walk(program, (node) => {
    if (node.type !== "ImportExpression" && node.type !== "TSImportType") return;
    const source = node.source ?? node.argument;
    const specifier = isNode(source) && isNode(source.literal) ? source.literal.value : isNode(source) && source.value;
    if (typeof specifier !== "string") return;
    found.push({ specifier, names: [], isType: node.type === "TSImportType", line: lineOf(node.start) });
  });
  return found;
}

/** Visits every node of a syntax tree, parents first. */
export function walk(tree: unknown, visit: (node: AstNode, parent: AstNode | null) => void): void {
  const enter = (value: unknown, parent: AstNode | null): void => {
    if (Array.isArray(value)) {
      for (const item of value) enter(item, parent);
    } else if (isNode(value)) {
      visit(value, parent);
      for (const child of Object.values(value)) if (typeof child === "object") enter(child, value);
    }
  };
  enter(tree, null);
}

export function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
