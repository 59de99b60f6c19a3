import { isUtf8 } from "node:buffer";
import type { StreamedLine } from "@xueshi/contracts";
import type { PushedElement } from "./judge-push.ts";

const OPEN = Buffer.from("[");
const COMMA = Buffer.from(",\n");
const CLOSE = Buffer.from("]");

/** Lines byte for byte as one JSON array; what was no JSON stands in it as a string, or as base64 where it is no text. */
export function archiveLines(lines: readonly StreamedLine[]): Buffer {
  const pieces: Uint8Array[] = [OPEN];
  for (const line of lines) {
    if (pieces.length > 1) pieces.push(COMMA);
    pieces.push(line.ok ? line.bytes : Buffer.from(JSON.stringify(unreadableOf(line))));
  }
  pieces.push(CLOSE);
  return Buffer.concat(pieces);
}

/** Lines as they are judged. */
export function elementsOf(lines: readonly StreamedLine[]): PushedElement[] {
  return lines.map((line) => (line.ok ? { value: line.value } : { unreadable: unreadableOf(line) }));
}

/** What came of a line that is no JSON. */
function unreadableOf({ bytes }: StreamedLine): string | { readonly base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString("utf8") : { base64: buffer.toString("base64") };
}
