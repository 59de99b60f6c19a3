import { isUtf8 } from "node:buffer";
import { LIMITS } from "@xueshi/contracts";
import { HttpProblem } from "../problem/http-problem.ts";

/**
 * Parses bytes as JSON: UTF-8 only (a GB18030 body is refused, not mangled), nested at most `LIMITS.jsonDepthMax` deep.
 * Throws `malformed_json`.
 */
export function parseJson(bytes: Buffer): unknown {
  const value = tryParseJson(bytes);
  if (value === undefined) throw new HttpProblem("malformed_json");
  return value.json;
}

/** The same without throwing: undefined when the bytes are not acceptable JSON. */
export function tryParseJson(bytes: Buffer): { readonly json: unknown } | undefined {
  if (!isUtf8(bytes) || isDeeper(bytes, LIMITS.jsonDepthMax)) return undefined;
  try {
    return { json: JSON.parse(bytes.toString("utf8")) };
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** True when arrays and objects are nested deeper than `depthMax`; brackets inside strings do not count. */
function isDeeper(bytes: Buffer, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}
