import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const lineCharactersMax = 64 * 1024;

/**
 * Copies a stream line by line, each with `prefix` before it, so that lines of several processes never mix.
 * The source waits while the target is full; a line longer than 64 Ki characters is cut into several.
 */
export function prefixLines(source: Readable, target: Writable, prefix: string): void {
  const decoder = new StringDecoder("utf8");
  let held = "";
  const take = (text: string, last: boolean) => {
    const lines = (held + text).split("\n");
    held = lines.pop() ?? "";
    if (held !== "" && (last || held.length > lineCharactersMax)) {
      lines.push(held);
      held = "";
    }
    if (lines.length === 0) return;
    if (target.write(lines.map((line) => `${prefix}${line}\n`).join(""))) return;
    source.pause();
    target.once("drain", () => source.resume());
  };
  source.on("data", (chunk: Buffer) => take(decoder.write(chunk), false));
  source.once("end", () => take(decoder.end(), true));
}
