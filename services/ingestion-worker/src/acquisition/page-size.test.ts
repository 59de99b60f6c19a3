import { describe, expect, it } from "vitest";
import { PageSize } from "./page-size.ts";

describe("PageSize", () => {
  it("takes the size that came, then tries the configured one again", () => {
    const size = new PageSize(100);
    expect(size.resize(8)).toBe(true);
    expect(size.rows).toBe(8);
    size.accept();
    size.grow();
    expect(size.rows).toBe(100);
  });

  it("stays at a size that came twice, and tries to grow only now and then", () => {
    const size = new PageSize(100);
    size.resize(7);
    size.accept();
    size.grow();
    size.resize(7);
    let pages = 0;
    for (; size.rows === 7; pages += 1) {
      size.accept();
      size.grow();
    }
    expect(pages).toBeGreaterThan(20);
    expect(size.rows).toBe(100);
  });

  it("asks for one row at least, and gives up when answers stay short", () => {
    const size = new PageSize(100);
    expect([50, 20, 10, 0].map((rows) => size.resize(rows))).toEqual([true, true, true, true]);
    expect(size.rows).toBe(1);
    expect(size.resize(0)).toBe(false);
  });
});
