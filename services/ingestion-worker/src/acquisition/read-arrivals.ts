import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FileArrival, FileConnection } from "@xueshi/platforms";
import { valueAt } from "./json-path.ts";
import { parseJson } from "./parse-json.ts";
import { readFileBytes } from "./read-file-bytes.ts";

/** What is said of a file that has arrived: the digest of its bytes in hex, and its rows where that is said. */
export interface ArrivalNote {
  readonly sha256: string;
  readonly rows: number | null;
}

/** The files of a folder, and what is said of each. */
export interface Arrivals {
  /** In order: those that are there, and those that are announced and missing. */
  readonly names: readonly string[];
  /** What is said of a file; null: nothing, so it has not arrived. `"settled"`: how long it was left alone decides. */
  noteOf(name: string): Promise<ArrivalNote | "settled" | null>;
}

/** Enough for a row count and a digest; whatever is longer is no such line. */
const READY_BYTES_MAX = 256;
const READY_PATTERN = /^([0-9]{1,9}) ([0-9a-f]{64})\r?\n?$/i;
const LIST_BYTES_MAX = 16_777_216;
const CHECKSUM_PATTERN = /^([0-9a-f]{64}) [ *](.+)$/i;
const SHA256_PATTERN = /^[0-9a-f]{64}$/i;

/** Reads which files of a folder have arrived; null when the folder cannot be read. */
export async function readArrivals(folder: string, connection: FileConnection): Promise<Arrivals | null> {
  const entries = await readdir(folder).catch(() => null);
  if (entries === null) return null;
  const pattern = new RegExp(connection.namePattern, "u");
  const { arrival } = connection;
  if (arrival.kind === "ready-line") return byReadyLines(folder, entries, arrival.suffix, pattern);
  const there = entries.filter((name) => pattern.test(name));
  if (arrival.kind === "settled") return { names: there.toSorted(), noteOf: async () => "settled" };
  const notes = await readList(join(folder, arrival.file), arrival);
  const announced = [...notes.keys()].filter((name) => pattern.test(name));
  return {
    names: [...new Set([...there, ...announced])].toSorted(),
    noteOf: async (name) => notes.get(name) ?? null,
  };
}

function byReadyLines(folder: string, entries: readonly string[], suffix: string, pattern: RegExp): Arrivals {
  // A ready line without its file names a file that has not arrived.
  const names = entries.map((entry) => (entry.endsWith(suffix) ? entry.slice(0, -suffix.length) : entry));
  return {
    names: [...new Set(names.filter((name) => pattern.test(name)))].toSorted(),
    async noteOf(name) {
      const bytes = await readFileBytes(join(folder, name + suffix), READY_BYTES_MAX);
      if (bytes === null || bytes === "too_large") return null;
      const [, rows, sha256] = READY_PATTERN.exec(bytes.toString("latin1")) ?? [];
      return sha256 === undefined ? null : { sha256: sha256.toLowerCase(), rows: Number(rows) };
    },
  };
}

type ListArrival = Extract<FileArrival, { kind: "checksums" | "json-manifest" }>;

/** What a list says of each file; a list that is missing or cannot be read says nothing. */
async function readList(path: string, arrival: ListArrival): Promise<ReadonlyMap<string, ArrivalNote>> {
  const bytes = await readFileBytes(path, LIST_BYTES_MAX);
  if (bytes === null || bytes === "too_large") return new Map();
  return arrival.kind === "checksums" ? readChecksums(bytes.toString("utf8")) : readManifest(bytes, arrival);
}

function readChecksums(text: string): Map<string, ArrivalNote> {
  const lines = text.split(/\r?\n/).map((line) => CHECKSUM_PATTERN.exec(line));
  return new Map(
    lines.flatMap((match) => {
      const [, sha256, name] = match ?? [];
      return sha256 === undefined || name === undefined ? [] : [[name, { sha256: sha256.toLowerCase(), rows: null }]];
    }),
  );
}

function readManifest(
  bytes: Buffer,
  { list, nameField, sha256Field, rowsField }: Extract<ListArrival, { kind: "json-manifest" }>,
): Map<string, ArrivalNote> {
  const listed = valueAt(parseJson(bytes), list);
  if (!Array.isArray(listed)) return new Map();
  return new Map(
    listed.flatMap((entry: unknown) => {
      const name = valueAt(entry, [nameField]);
      const sha256 = valueAt(entry, [sha256Field]);
      const rows = rowsField === null ? null : Number(valueAt(entry, [rowsField]));
      const isRight = typeof name === "string" && typeof sha256 === "string" && SHA256_PATTERN.test(sha256);
      if (!isRight || (rows !== null && !Number.isSafeInteger(rows))) return [];
      return [[name, { sha256: sha256.toLowerCase(), rows }]];
    }),
  );
}
