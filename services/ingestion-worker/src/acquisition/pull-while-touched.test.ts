import { describe, expect, it } from "vitest";
import type { HttpSession } from "./http-session.ts";
import { pullHttpPages } from "./index.ts";
import { CityListing, type CityRow, cityRow, smallCity } from "./testing/city-listing.ts";
import { type CollectedPull, collectPull, createTestContext } from "./testing/test-context.ts";

const RUNS = 400;

/** A small repeatable generator (mulberry32): the run's number is its seed. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

/** A platform that changes between any two answers, without the network. */
function changingSession(listing: CityListing, change: () => void): HttpSession {
  return {
    async ask(_path, query, read) {
      change();
      const body = { code: 0, data: listing.page(new URLSearchParams(query)) };
      return read(body, new Uint8Array(), { url: new URL("http://city"), headers: new Headers() });
    },
  };
}

const keysOf = (pull: CollectedPull) => pull.rows.map((row) => versionOf(row as CityRow));
const versionOf = (row: CityRow) => `${row.Id} ${row.UpdateTime}`;

describe("a listing whose rows are touched while it is read", () => {
  it("loses no row, in any of many random courses, and takes none twice", async () => {
    let touchesInGroups = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = createRandom(seed);
      const city = smallCity({ rowsPerPage: 1 + random(5) });
      const spread = 1 + random(6);
      const rows = Array.from({ length: 5 + random(30) }, (_, index) => cityRow(`Q${index}`, random(spread)));
      const listing = new CityListing(rows);
      if (random(3) === 0) listing.rowsMax = 1 + random(4);
      const touched = new Set<string>();
      let seconds = 1_000;
      const session = changingSession(listing, () => {
        if (random(3) !== 0 || touched.size >= 15) return;
        const id = `Q${random(rows.length)}`;
        touched.add(id);
        touchesInGroups += spread === 1 ? 1 : 0;
        seconds += 1;
        listing.touch(id, seconds);
      });
      const context = createTestContext();
      const first = await collectPull(pullHttpPages(city.platform, session, null, context));
      expect(first.end.outcome, `seed ${seed}`).toBe("complete");
      const seen = new Set(keysOf(first));
      for (const row of rows) {
        if (!touched.has(row.Id)) expect(seen.has(versionOf(row)), `seed ${seed}: ${versionOf(row)}`).toBe(true);
      }

      const quiet = changingSession(listing, () => {});
      const second = await collectPull(pullHttpPages(city.platform, quiet, first.cursor, context));
      const all = new Set([...keysOf(first), ...keysOf(second)]);
      for (const row of listing.rows) expect(all.has(versionOf(row)), `seed ${seed}: ${versionOf(row)}`).toBe(true);
      for (const taken of [keysOf(first), keysOf(second)])
        expect(new Set(taken).size, `seed ${seed}`).toBe(taken.length);
    }
    expect(touchesInGroups).toBeGreaterThan(50);
  });
});
