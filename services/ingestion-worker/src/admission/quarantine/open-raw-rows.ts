import type { Platform } from "@xueshi/platforms";

/**
 * The rows of a kept page, one by one, as they were mapped when they came: a page is one or more JSON texts, each ended by a
 * line break, of which each is a list of rows or the answer of a platform that carries one. What is no JSON is left out.
 */
export function* openRawRows(page: Buffer, platform: Platform | null): Generator<unknown> {
  for (const { rows } of openRawTexts(page, platform)) yield* rows;
}

/** The rows of one JSON text of a kept page; `file` is the file that they are from, null where the page does not say. */
export interface RawText {
  readonly rows: readonly unknown[];
  readonly file: string | null;
}

/** The same, the rows of each JSON text together. */
export function* openRawTexts(page: Buffer, platform: Platform | null): Generator<RawText> {
  let file: string | null = null;
  for (const value of jsonTexts(page.toString("utf8"))) {
    const marked = platform?.connection.transport === "file" ? markedFile(value) : null;
    if (marked !== null) file = marked;
    else yield { rows: Array.isArray(value) ? value : listOf(value, platform), file };
  }
}

/** Pushed records are kept as a list, a withdrawal as one object with its reason. */
export function isWithdrawal(content: Uint8Array): boolean {
  return content[0] === "{".charCodeAt(0);
}

/**
 * A kept page in which rows have others in their place, as many as before and in their order; null: none has. Whatever else
 * an answer says stays as it was read; what is no JSON is left out, as nothing reads it.
 * @param replacementOf what stands in the place of a row; undefined: the row stays
 */
export function replaceRawRows(
  page: Uint8Array,
  platform: Platform | null,
  replacementOf: (row: unknown) => unknown,
): Buffer | null {
  let replaced = 0;
  const texts: string[] = [];
  for (const value of jsonTexts(Buffer.from(page).toString("utf8"))) {
    const rows = Array.isArray(value) ? value : listOf(value, platform);
    for (const [at, row] of rows.entries()) {
      const other = replacementOf(row);
      if (other === undefined) continue;
      rows[at] = other;
      replaced += 1;
    }
    texts.push(`${JSON.stringify(value)}\n`);
  }
  return replaced === 0 ? null : Buffer.from(texts.join(""));
}

/** Stands in the place of a row of somebody who was erased, or that said who that is. */
interface ErasedRow {
  /** Keyed, so that it tells nothing of the row but that it was this one. */
  readonly erased: string;
  /** The record of somebody else that it was about; absent: it was about one of the person's own. */
  readonly of?: string;
}

export function erasedRow(digest: string, recordKey: string | null): ErasedRow {
  return { erased: digest, ...(recordKey === null ? {} : { of: recordKey }) };
}

export function isErasedRow(row: unknown): row is ErasedRow {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return false;
  const { erased, of, ...others } = row as Record<string, unknown>;
  const isDigest = typeof erased === "string" && /^[0-9a-f]{64}$/.test(erased);
  return isDigest && (of === undefined || typeof of === "string") && Object.keys(others).length === 0;
}

/** Stands in a kept page before the rows of a file; no list of rows reads so. */
export function fileMark(name: string): Buffer {
  return Buffer.from(JSON.stringify({ file: name }));
}

function markedFile(value: unknown): string | null {
  const isMark = typeof value === "object" && value !== null && "file" in value && typeof value.file === "string";
  return isMark ? (value.file as string) : null;
}

/** Answers are kept as they came and may be spread over lines: lines are put together until they make a JSON text. */
function* jsonTexts(page: string): Generator<unknown> {
  let pending = "";
  for (const line of page.split("\n")) {
    pending = pending === "" ? line : `${pending}\n${line}`;
    // A text that is complete ends with its bracket; trying others would take as long as the page is long, squared.
    if (!/[\]}]\s*$/.test(line)) continue;
    const parsed = parse(pending);
    if (parsed === undefined) continue;
    yield parsed;
    pending = "";
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listOf(value: unknown, platform: Platform | null): unknown[] {
  const connection = platform?.connection;
  if (connection?.transport !== "http-json") return [];
  let inner: unknown = value;
  for (const key of connection.list.rows) {
    inner = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined;
  }
  return Array.isArray(inner) ? inner : [];
}
