import { describe, expect, it } from "vitest";
import { BoundaryRows } from "./boundary-rows.ts";

const page = (...rows: [string, number][]) => ({
  rows: rows.map(([id]) => ({ id })),
  timesMs: rows.map(([, ms]) => ms),
});
const shown = (taken: ReturnType<BoundaryRows["take"]>) =>
  taken.rows.map((row) => `${(row.raw as { id: string }).id}${row.index}:${row.occurrence}`);

describe("BoundaryRows", () => {
  it("gives each row out once while the scan goes on from the last time", () => {
    const boundary = new BoundaryRows(0);
    expect(shown(boundary.take(page(["a", 1], ["b", 2], ["b", 2])))).toEqual(["a0:1", "b1:1", "b2:2"]);
    boundary.advance(2);
    const taken = boundary.take(page(["b", 2], ["b", 2], ["b", 2], ["c", 3]));
    expect(shown(taken)).toEqual(["b2:3", "c3:1"]);
    expect(taken.rowsReread).toBe(2);
  });

  it("forgets what was met, but not what was given out, when the scan starts again", () => {
    const boundary = new BoundaryRows(5);
    expect(shown(boundary.take(page(["a", 5], ["a", 5])))).toEqual(["a0:1", "a1:2"]);
    boundary.restart();
    expect(shown(boundary.take(page(["a", 5])))).toEqual([]);
    expect(shown(boundary.take(page(["a", 5], ["a", 5])))).toEqual(["a1:3"]);
  });

  it("counts a page that is read again for itself", () => {
    const boundary = new BoundaryRows(5);
    boundary.take(page(["a", 5], ["b", 5]));
    boundary.take(page(["c", 5], ["d", 6]));
    expect(shown(boundary.takeAgain(page(["b", 5], ["x", 5])))).toEqual(["x1:1"]);
    expect(shown(boundary.takeAgain(page(["a", 5], ["b", 5])))).toEqual([]);
    expect(shown(boundary.takeAgain(page(["c", 5], ["d", 6])))).toEqual([]);
  });

  it("counts rows of a later time by the page, also where they are not the last ones", () => {
    const boundary = new BoundaryRows(0);
    expect(shown(boundary.take(page(["a", 1], ["a", 1], ["b", 2], ["c", 3])))).toEqual([
      "a0:1",
      "a1:2",
      "b2:1",
      "c3:1",
    ]);
  });
});
