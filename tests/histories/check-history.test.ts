import { describe, expect, it } from "vitest";
import { checkHistory, type History, type Read, type Write } from "./check-history.ts";

type Lists = Readonly<Record<string, string>>;
const listsOf = (lists: Lists) => new Map(Object.entries(lists).map(([list, text]) => [list, [...text]]));
const write = (id: string, lists: Lists, invokedAt: number, completedAt: number | null): Write => ({
  ...{ id, lists: listsOf(lists), invokedAt, completedAt },
});
const read = (id: string, lists: Lists, invokedAt: number, completedAt: number): Read => ({
  ...{ id, lists: listsOf(lists), invokedAt, completedAt },
});
const history = (writes: Write[], reads: Read[], final: Lists): History => ({ writes, reads, final: listsOf(final) });
const kinds = (given: History) => checkHistory(given).map(({ kind }) => kind);

/** a writes to both lists, then b and c at the same time. */
const WRITES = [
  write("wa", { x: "a", y: "a" }, 0, 2),
  write("wb", { x: "b" }, 3, 6),
  write("wc", { x: "c", y: "c" }, 3, 7),
];

describe("a history", () => {
  it("is fine where everything could have come one after the other", () => {
    const reads = [read("r1", { x: "a", y: "a" }, 4, 5), read("r2", { x: "ac", y: "ac" }, 4, 6)];
    expect(kinds(history(WRITES, reads, { x: "acb", y: "ac" }))).toEqual([]);
    const unheard = write("wd", { x: "d" }, 8, null);
    expect(kinds(history([...WRITES, unheard], reads, { x: "acb", y: "ac" }))).toEqual([]);
    expect(kinds(history([...WRITES, unheard], reads, { x: "acbd", y: "ac" }))).toEqual([]);
  });

  it("shows an acknowledged write that is lost, wholly or in part, and one that nobody heard of that is torn", () => {
    expect(kinds(history(WRITES, [], { x: "ac", y: "ac" }))).toEqual(["lost"]);
    expect(kinds(history(WRITES, [], { x: "acb", y: "a" }))).toEqual(["lost"]);
    const torn = write("wd", { x: "d", y: "d" }, 8, null);
    expect(kinds(history([...WRITES, torn], [], { x: "acbd", y: "ac" }))).toEqual(["torn"]);
  });

  it("shows an element that stands twice, and one of nobody", () => {
    expect(kinds(history(WRITES, [], { x: "acbb", y: "ac" }))).toEqual(["twice"]);
    expect(kinds(history(WRITES, [], { x: "acbz", y: "ac" }))).toEqual(["unknown"]);
  });

  it("shows a read of something that was never the beginning of the list, as of a write that was undone", () => {
    expect(kinds(history(WRITES, [read("r", { x: "ab" }, 4, 5)], { x: "acb", y: "ac" }))).toEqual(["order"]);
    expect(kinds(history(WRITES, [read("r", { x: "az" }, 4, 5)], { x: "acb", y: "ac" }))).toEqual(["order"]);
  });

  it("shows a read of half a write: after it in one list, before it in the other (read skew)", () => {
    const half = [read("r", { x: "ac", y: "a" }, 4, 5)];
    expect(checkHistory(history(WRITES, half, { x: "acb", y: "ac" }))).toMatchObject([
      { kind: "cycle", what: expect.stringMatching(/wc -wr-> r -rw-> wc|r -rw-> wc -wr-> r/) },
    ]);
  });

  it("shows writes that came in another order in another list (write cycle)", () => {
    const writes = [write("wa", { x: "a", y: "a" }, 0, 9), write("wb", { x: "b", y: "b" }, 0, 9)];
    expect(kinds(history(writes, [], { x: "ab", y: "ba" }))).toEqual(["cycle"]);
  });

  it("shows two readers who saw two writes in another order (long fork)", () => {
    const writes = [write("wa", { x: "a" }, 0, 9), write("wb", { y: "b" }, 0, 9)];
    const reads = [read("r1", { x: "a", y: "" }, 1, 2), read("r2", { x: "", y: "b" }, 1, 2)];
    expect(kinds(history(writes, reads, { x: "a", y: "b" }))).toEqual(["cycle"]);
  });

  it("shows what is read after it was acknowledged and is not seen (stale read), and a write that came before its time", () => {
    expect(kinds(history(WRITES, [read("r", { x: "a" }, 8, 9)], { x: "acb", y: "ac" }))).toEqual(["cycle"]);
    expect(kinds(history(WRITES, [], { x: "bac", y: "ac" }))).toEqual(["cycle"]);
  });
});
