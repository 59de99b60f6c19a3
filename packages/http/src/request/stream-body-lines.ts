import { fieldError, type Language, type StreamedLine } from "@xueshi/contracts";
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
 * Empty lines are left out but counted, by the bound too: a body that unpacks to nothing but line breaks costs as much as
 * any. A line that is too long or no JSON comes as not ok and stops nothing.
 * Throws `body_too_large`, and `validation_failed` for no lines or more than `linesMax`.
 */
export async function* streamBodyLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: StreamLimits,
  language: Language,
): AsyncGenerator<readonly StreamedLine[], void, undefined> {
  const splitter = new LineSplitter(limits);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw new HttpProblem("body_too_large", { headers: { Connection: "close" } });
    const lines = splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (lines.length > 0) yield lines;
    refuseTooMany(splitter.line, limits, language);
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
  refuseTooMany(splitter.line, limits, language);
  if (splitter.hasAny) return;
  throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_few", language, { minimum: "1" })] });
}

function refuseTooMany(lines: number, { linesMax }: StreamLimits, language: Language): void {
  if (lines <= linesMax) return;
  const maximum = String(linesMax);
  throw new HttpProblem("validation_failed", { errors: [fieldError("", "too_many", language, { maximum })] });
}

class LineSplitter {
  readonly #limits: StreamLimits;
  /** Number of the last line that has ended. */
  line = 0;
  /** Whether any line held anything. */
  hasAny = false;
  /** The beginning of a line whose end has not come; of one that is too long, no more than its bound. */
  #rest: Buffer | null = null;
  /** True while the rest of a line that is too long is thrown away. */
  #skips = false;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  push(chunk: Buffer): StreamedLine[] {
    const lines: StreamedLine[] = [];
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline === -1) break;
      this.#finish(chunk.subarray(start, newline), lines);
      start = newline + 1;
      if (this.line > this.#limits.linesMax) return lines;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  end(): StreamedLine[] {
    const lines: StreamedLine[] = [];
    if (this.#rest !== null) this.#finish(Buffer.alloc(0), lines);
    return lines;
  }

  #keep(part: Buffer): void {
    if (this.#skips) return;
    this.#rest = this.#rest === null ? Buffer.from(part) : Buffer.concat([this.#rest, part]);
    const { lineBytesMax } = this.#limits;
    if (this.#rest.length <= lineBytesMax) return;
    this.#rest = this.#rest.subarray(0, lineBytesMax);
    this.#skips = true;
  }

  #finish(part: Buffer, lines: StreamedLine[]): void {
    this.line += 1;
    const { line } = this;
    const { lineBytesMax } = this.#limits;
    const whole = this.#rest === null || this.#skips ? (this.#rest ?? part) : Buffer.concat([this.#rest, part]);
    const isTooLong = this.#skips || whole.length > lineBytesMax;
    this.#rest = null;
    this.#skips = false;
    if (!isTooLong && isBlank(whole, 0, whole.length)) return;
    this.hasAny = true;
    const parsed = isTooLong ? undefined : tryParseJson(whole);
    const bytes = isTooLong ? whole.subarray(0, lineBytesMax) : whole;
    lines.push(parsed === undefined ? { ok: false, line, bytes } : { ok: true, line, value: parsed.json, bytes });
  }
}
