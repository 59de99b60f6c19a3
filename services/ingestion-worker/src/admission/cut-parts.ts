export interface PartSize {
  readonly linesMax: number;
  readonly bytesMax: number;
}

/**
 * Lines in parts, whatever the groups in which they come: a part ends with the line that makes it full, by number or by
 * bytes. Only what the lines say decides, never when they come, so the same body is cut into the same parts again.
 */
export async function* cutParts<Line extends { readonly bytes: Uint8Array }>(
  groups: AsyncIterable<readonly Line[]>,
  size: PartSize,
): AsyncGenerator<readonly Line[], void, undefined> {
  let part: Line[] = [];
  let bytes = 0;
  for await (const group of groups) {
    for (const line of group) {
      part.push(line);
      bytes += line.bytes.length;
      if (part.length < size.linesMax && bytes < size.bytesMax) continue;
      yield part;
      part = [];
      bytes = 0;
    }
  }
  if (part.length > 0) yield part;
}
