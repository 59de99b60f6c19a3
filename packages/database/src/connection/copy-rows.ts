import { StringDecoder } from "node:string_decoder";
import type { Sql, Transaction } from "./connect.ts";

/**
 * Streams the rows of a statement as the server writes them in COPY's text format, fields decoded, null for NULL. Nothing is
 * kept but the rows of one read, so a table of any size can be gone through, at a fraction of what a cursor costs.
 * @param select a statement without parameters; the caller answers for every value in it
 */
export async function* copyRows(sql: Sql | Transaction, select: string): AsyncGenerator<(string | null)[][]> {
  const stream = await (sql as Sql).unsafe(`COPY (${select}) TO STDOUT`).readable();
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
    rest = lines.pop() ?? "";
    yield lines.map(fieldsOf);
  }
}

function fieldsOf(line: string): (string | null)[] {
  const fields: (string | null)[] = line.split("\t");
  if (!line.includes("\\")) return fields;
  return fields.map((field) => (field === "\\N" ? null : (field ?? "").replaceAll(/\\(.)/g, unescaped)));
}

const ESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** The server escapes these, and backslashes; it writes every other character as it is. */
function unescaped(_whole: string, character: string): string {
  return ESCAPED[character] ?? character;
}

/** `2020-03-02 08:00:00.5+00` → milliseconds since 1970 UTC; not a number where it is no whole millisecond. */
export function copiedInstant(text: string): number {
  const [, fraction = ""] = /\.(\d+)\+00$/.exec(text) ?? [];
  return fraction.length > 3 ? Number.NaN : Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}
