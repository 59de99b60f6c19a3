import { describe, expect, it } from "vitest";
import { BoundaryRows } from "./boundary-rows.ts";

const page = (...rows: [string, number][]) => ({
  rows: rows.map(([id]) => ({ id })),
  timesMs: rows.map(([, ms]) => ms),
});
const shown = (taken: ReturnType<BoundaryRows["take"]>) => taken.rows.map((row) => (row as { id: string }).id);

describe("BoundaryRows", () => {
  it("gives each row out once while the scan goes on from the last time", () => {
    const boundary = new BoundaryRows(0);
    expect(shown(boundary.take(page(["a", 1], ["b", 2], ["b", 2]), false))).toEqual(["a", "b", "b"]);
    boundary.advance(2);
    const taken = boundary.take(page(["b", 2], ["b", 2], ["b", 2], ["c", 3]), false);
    expect(shown(taken)).toEqual(["b", "c"]);
    expect(taken.rowsAgain).toEqual([{ id: "b" }, { id: "b" }]);
  });

  it("forgets what was met, but not what was given out, when the scan starts again", () => {
    const boundary = new BoundaryRows(5);
    expect(shown(boundary.take(page(["a", 5], ["a", 5]), false))).toEqual(["a", "a"]);
    boundary.restart();
    expect(shown(boundary.take(page(["a", 5]), false))).toEqual([]);
    expect(shown(boundary.take(page(["a", 5], ["a", 5]), false))).toEqual(["a"]);
  });

  it("counts a page that is read again for itself", () => {
    const boundary = new BoundaryRows(5);
    boundary.take(page(["a", 5], ["b", 5]), false);
    boundary.take(page(["c", 5], ["d", 6]), false);
    expect(shown(boundary.takeAgain(page(["b", 5], ["x", 5])))).toEqual(["x"]);
    expect(shown(boundary.takeAgain(page(["a", 5], ["b", 5])))).toEqual([]);
    expect(shown(boundary.takeAgain(page(["c", 5], ["d", 6])))).toEqual([]);
  });

  it("remembers every later row where its page may be read again, and only the last time's where it is not", () => {
    const shifted = page(["a", 5], ["b", 6], ["c", 7]);
    const manyPages = new BoundaryRows(5);
    expect(shown(manyPages.takeAgain(page(["a", 5], ["b", 6])))).toEqual(["a", "b"]);
    expect(shown(manyPages.take(shifted, false))).toEqual(["c"]);
    const onePage = new BoundaryRows(5);
    onePage.take(shifted, true);
    onePage.advance(7);
    expect(shown(onePage.take(page(["c", 7], ["d", 8]), true))).toEqual(["d"]);
  });

  it("forgets nothing of earlier pages when the scan starts again and one page is enough", () => {
    const boundary = new BoundaryRows(5);
    boundary.take(page(["a", 5], ["b", 5], ["c", 5]), false);
    expect(shown(boundary.takeAgain(page(["d", 5], ["x", 6], ["y", 7])))).toEqual(["d", "x", "y"]);
    boundary.restart();
    expect(shown(boundary.take(page(["a", 5], ["x", 6], ["y", 7]), true))).toEqual([]);
  });

  it("counts equal rows of each time apart", () => {
    const boundary = new BoundaryRows(0);
    expect(shown(boundary.take(page(["a", 1], ["a", 2]), false))).toEqual(["a", "a"]);
    expect(shown(boundary.take(page(["a", 2], ["a", 2]), false))).toEqual(["a"]);
  });

  it("counts rows of a later time by the page, also where they are not the last ones", () => {
    const boundary = new BoundaryRows(0);
    expect(shown(boundary.take(page(["a", 1], ["a", 1], ["b", 2], ["c", 3]), false))).toEqual(["a", "a", "b", "c"]);
  });
});
