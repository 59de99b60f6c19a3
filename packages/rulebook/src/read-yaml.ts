import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { RulebookError } from "./rulebook-error.ts";

/** Where a value stands in a file: the keys and indexes that lead to it. */
export type ValuePath = readonly (string | number)[];

/** Something wrong with the value at a place in the file. */
export interface ValueProblem {
  readonly at: ValuePath;
  readonly message: string;
}

/**
 * Parses YAML text, validates its shape, and then what `check` finds between values.
 * Throws {@link RulebookError} with the file and the line of every problem.
 */
export function readYaml<Shape>(
  text: string,
  path: string,
  schema: z.ZodType<Shape>,
  check: (value: Shape) => readonly ValueProblem[],
): Shape {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0) {
    throw new RulebookError(
      document.errors.map((error) => ({
        path,
        line: lineCounter.linePos(error.pos[0]).line,
        message: error.message.split("\n")[0] ?? "is not YAML",
      })),
    );
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  const problems = parsed.success ? check(parsed.data) : parsed.error.issues.flatMap(problemsOfIssue);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new RulebookError(
    problems.map(({ at, message }) => ({
      path,
      line: lineOf(document, lineCounter, at),
      message: `${at.join(".") || "file"}: ${message}`,
    })),
  );
}

/** The line of a value in a text that was read without a problem; the values around it where it is not there itself. */
export function lineInText(text: string, at: ValuePath): number {
  const lineCounter = new LineCounter();
  return lineOf(parseDocument(text, { lineCounter }), lineCounter, at);
}

/** The line of a value, or of the nearest value around it: a missing key is reported where its parent begins. */
function lineOf(document: Document, lineCounter: LineCounter, at: ValuePath): number {
  for (let length = at.length; length > 0; length -= 1) {
    const node = document.getIn(at.slice(0, length), true);
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
  }
  return 1;
}

function problemsOfIssue(issue: z.core.$ZodIssue): ValueProblem[] {
  const at = issue.path.map(pathKey);
  if (issue.code !== "unrecognized_keys") return [{ at, message: issue.message }];
  return issue.keys.map((key) => ({
    at: [...at, key],
    message: "is not a key of rule files here; remove or correct it",
  }));
}

function pathKey(key: PropertyKey): string | number {
  return typeof key === "number" ? key : String(key);
}
