import { type BodyLine, fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "../problem/http-problem.ts";
import { tryParseJson } from "./parse-json.ts";
import { isBlank, type LineLimits } from "./split-lines.ts";

const NEWLINE = 0x0a;

export interface StreamLimits extends LineLimits {
  /** Bytes after decoding. */
  readonly bytesMax: number;
}

/**
 * The lines of an NDJSON body in groups, one for each chunk that came, with no more than one chunk and one line in memory.
 * Empty lines are left out but counted; a line that is too long or no JSON comes as not ok and stops nothing.
 * Throws `body_too_large`, and `validation_failed` for no lines or more than `linesMax`.
 */
export async function* streamBodyLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: StreamLimits,
  language: Language,
): AsyncGenerator<readonly BodyLine[], void, undefined> {
  const splitter = new LineSplitter(limits);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw new HttpProblem("body_too_large", { headers: { Connection: "close" } });
    const lines = splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (lines.length > 0) yield lines;
    refuseTooMany(splitter.count, limits, language);
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
  refuseTooMany(splitter.count, limits, language);
  if (splitter.count > 0) return;
  throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_few", language, { minimum: "1" })] });
}

function refuseTooMany(count: number, { linesMax }: StreamLimits, language: Language): void {
  if (count <= linesMax) return;
  const maximum = String(linesMax);
  throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_many", language, { maximum })] });
}

class LineSplitter {
  readonly #limits: StreamLimits;
  /** Lines that held anything. */
  count = 0;
  #line = 0;
  /** The beginning of a line whose end has not come. */
  #rest: Buffer | null = null;
  /** True while the rest of a line that is too long is thrown away. */
  #skips = false;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  push(chunk: Buffer): BodyLine[] {
    const lines: BodyLine[] = [];
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline === -1) break;
      this.#finish(chunk.subarray(start, newline), lines);
      start = newline + 1;
      if (this.count > this.#limits.linesMax) return lines;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  end(): BodyLine[] {
    const lines: BodyLine[] = [];
    if (this.#rest !== null || this.#skips) this.#finish(Buffer.alloc(0), lines);
    return lines;
  }

  #keep(part: Buffer): void {
    if (this.#skips) return;
    this.#rest = this.#rest === null ? Buffer.from(part) : Buffer.concat([this.#rest, part]);
    if (this.#rest.length <= this.#limits.lineBytesMax) return;
    this.#rest = null;
    this.#skips = true;
  }

  #finish(part: Buffer, lines: BodyLine[]): void {
    this.#line += 1;
    const line = this.#line;
    const bytes = this.#rest === null ? part : Buffer.concat([this.#rest, part]);
    const isTooLong = this.#skips || bytes.length > this.#limits.lineBytesMax;
    this.#rest = null;
    this.#skips = false;
    if (!isTooLong && isBlank(bytes, 0, bytes.length)) return;
    this.count += 1;
    const parsed = isTooLong ? undefined : tryParseJson(bytes);
    lines.push(parsed === undefined ? { ok: false, line } : { ok: true, line, value: parsed.json });
  }
}
