import iconv from "iconv-lite";
import type { Fault } from "./faults.ts";

/** A field of every row gets another name, as after an update of the platform; the salt chooses the field. */
export function renameField(body: Buffer, fields: readonly string[], salt: number): Buffer {
  const field = fields[salt % Math.max(1, fields.length)];
  if (field === undefined) return body;
  return Buffer.from(body.toString("utf8").replaceAll(new RegExp(`"${field}"\\s*:`, "g"), `"${field}New":`));
}

/** The body as a fault leaves it, where it is still an answer of its own. */
export function breakBody(body: Buffer, fault: Fault | null, fields: readonly string[]): Buffer {
  const salt = fault?.salt ?? 0;
  switch (fault?.kind) {
    case "schema_drift":
      return renameField(body, fields, salt);
    case "wrong_encoding":
      return iconv.encode(body.toString("utf8"), "gb18030");
    case "cut_body":
      return body.subarray(0, cutAt(body, salt));
    default:
      return body;
  }
}

/** Somewhere before the end: in the middle without a salt. */
export function cutAt(body: Buffer, salt: number): number {
  return salt === 0 ? body.length >>> 1 : salt % Math.max(1, body.length);
}
