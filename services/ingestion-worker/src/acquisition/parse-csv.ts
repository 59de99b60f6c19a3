import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { parse } from "csv-parse";

const RECORD_CHARACTERS_MAX = 1_000_000;
const CHUNK_BYTES = 262_144;
/** Marks at the beginning of a text, and the encoding that each stands for. */
const MARKS: readonly (readonly [mark: Buffer, encoding: string])[] = [
  [Buffer.from([0xef, 0xbb, 0xbf]), "utf-8"],
  [Buffer.from([0xff, 0xfe]), "utf-16le"],
  [Buffer.from([0xfe, 0xff]), "utf-16be"],
];

/** A byte that the encoding does not know, or the end in the middle of a character. */
export class UndecodableError extends Error {}

export interface CsvRecord {
  /** As a spreadsheet program shows it, from 1: blank lines are rows too, a quoted line break begins none. */
  readonly rowNumber: number;
  readonly cells: readonly string[];
}

/**
 * The records of a CSV text (RFC 4180; CRLF or LF; blank lines are none), the header first, read by pieces so that other
 * work of the process goes on.
 * @throws UndecodableError, or csv-parse's CsvError when a quote is never closed or a record has no end
 */
export async function* parseCsv(
  bytes: Buffer,
  encoding: string,
  delimiter = ",",
): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARACTERS_MAX,
  });
  const source = Readable.from(decodePieces(bytes, encodingByMark(bytes) ?? encoding));
  // pipe() leaves the parser open when its source fails, and the loop below would wait for ever.
  source.on("error", (error) => parser.destroy(error));
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    yield { rowNumber: info.records + info.empty_lines, cells: record };
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly records: number; readonly empty_lines: number };
}

/** What the mark at the beginning says of the encoding, more surely than anything else; null: there is none. */
function encodingByMark(bytes: Buffer): string | null {
  return MARKS.find(([mark]) => bytes.subarray(0, mark.length).equals(mark))?.[1] ?? null;
}

async function* decodePieces(bytes: Buffer, encoding: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      yield decoder.decode(bytes.subarray(start, start + CHUNK_BYTES), { stream: true });
      await setImmediate();
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new UndecodableError(`The text is not ${encoding}.`);
    throw error;
  }
}
