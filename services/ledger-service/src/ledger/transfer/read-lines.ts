import { createHash } from "node:crypto";
import { ImportFault } from "./import-fault.ts";

/** A batch carries the receipts of a thousand rows; nothing that is written comes near to this. */
const LINE_BYTES_MAX = 67_108_864;
const LINE_BREAK = 10;

export interface ReadLine {
  /** From 1. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** SHA-256 over everything before this line, hex; to be asked for before the next line is. */
  readonly digestBefore: () => string;
}

/** The lines of a file, each a JSON object in UTF-8 that ends with a line break; the next is read when it is asked for. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadLine, void, undefined> {
  const hash = createHash("sha256");
  let number = 0;
  for await (const bytes of splitLines(chunks)) {
    number += 1;
    const digestBefore = () => hash.copy().digest("hex");
    yield { number, value: parseLine(bytes, number), digestBefore };
    hash.update(bytes);
    hash.update("\n");
  }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]);
      [pieces, length, from] = [[], 0, at + 1];
      number += 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LINE_BYTES_MAX) throw new ImportFault("line_invalid", number, "it is longer than any line");
  }
  if (length > 0) throw new ImportFault("file_cut_off", number, "it ends without a line break");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseLine(bytes: Uint8Array, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new ImportFault("line_invalid", number, "it is not JSON", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ImportFault("line_invalid", number, "it is not an object");
}
