import { expect, test } from "vitest";
import { cutParts, type PartSize } from "./cut-parts.ts";

interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
}

const LINES = [3, 0, 5, 9, 1, 1, 4].map((length, number): Line => ({ number, bytes: new Uint8Array(length) }));

async function cut(groups: readonly (readonly Line[])[], size: PartSize): Promise<number[][]> {
  async function* coming() {
    yield* groups;
  }
  const parts: number[][] = [];
  for await (const part of cutParts(coming(), size)) parts.push(part.map(({ number }) => number));
  return parts;
}

test.each<[string, PartSize, number[][]]>([
  ["by number", { linesMax: 3, bytesMax: 1_000 }, [[0, 1, 2], [3, 4, 5], [6]]],
  ["by bytes, with the line that fills it", { linesMax: 100, bytesMax: 8 }, [[0, 1, 2], [3], [4, 5, 6]]],
  ["by whichever comes first", { linesMax: 2, bytesMax: 5 }, [[0, 1], [2], [3], [4, 5], [6]]],
  ["one by one", { linesMax: 1, bytesMax: 1 }, [[0], [1], [2], [3], [4], [5], [6]]],
  ["into one", { linesMax: 7, bytesMax: 1_000 }, [[0, 1, 2, 3, 4, 5, 6]]],
])("lines are cut %s, the same in whatever groups they come", async (_how, size, expected) => {
  // Every way to put seven lines into groups: each of the six places between them is a border or none.
  for (let borders = 0; borders < 64; borders += 1) {
    const groups: Line[][] = [[]];
    for (const line of LINES) {
      groups.at(-1)?.push(line);
      if ((borders & (1 << line.number)) !== 0) groups.push([]);
    }
    expect(await cut(groups, size)).toEqual(expected);
  }
});

test("nothing gives no part", async () => {
  expect(await cut([[], []], { linesMax: 1, bytesMax: 1 })).toEqual([]);
});
