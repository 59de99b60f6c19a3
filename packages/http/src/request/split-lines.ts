import { type BodyLine, fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "../problem/http-problem.ts";
import { tryParseJson } from "./parse-json.ts";

const NEWLINE = 0x0a;

export interface LineLimits {
  readonly lineBytesMax: number;
  readonly linesMax: number;
}

/**
 * The lines of an NDJSON body, each parsed when it is asked for. Empty lines are left out; a line that is too long or no
 * JSON comes as not ok and does not stop the others. Throws `validation_failed` for too many or no lines.
 */
export function splitLines(bytes: Buffer, limits: LineLimits, language: Language): Iterable<BodyLine> {
  const count = countLines(bytes, limits.linesMax);
  if (count === 0) {
    throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_few", language, { minimum: "1" })] });
  }
  if (count > limits.linesMax) {
    const maximum = String(limits.linesMax);
    throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_many", language, { maximum })] });
  }
  return parsedLines(bytes, limits.lineBytesMax);
}

/** Counts the lines that hold anything, and stops once there are more than `linesMax`. */
function countLines(bytes: Buffer, linesMax: number): number {
  let count = 0;
  for (const { start, end } of lineRanges(bytes)) {
    if (!isBlank(bytes, start, end)) count += 1;
    if (count > linesMax) break;
  }
  return count;
}

function* parsedLines(bytes: Buffer, lineBytesMax: number): Generator<BodyLine> {
  let line = 0;
  for (const { start, end } of lineRanges(bytes)) {
    line += 1;
    if (isBlank(bytes, start, end)) continue;
    const parsed = end - start > lineBytesMax ? undefined : tryParseJson(bytes.subarray(start, end));
    yield parsed === undefined ? { ok: false, line } : { ok: true, line, value: parsed.json };
  }
}

function* lineRanges(bytes: Buffer): Generator<{ start: number; end: number }> {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    yield { start, end };
    start = end + 1;
  }
}

/** True for nothing but spaces, tabs and carriage returns. */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
