import { createRequire } from "node:module";
import { expect, it } from "vitest";

/**
 * V8 takes the fast way through `charCodeAt`, `slice` and every other method of strings only as long as no class was derived
 * from String: one that is loaded, and never used, makes them up to ten times slower in the whole process.
 */
it("the client of Redis derives no class from String", () => {
  const load = createRequire(import.meta.url);
  const { VerbatimString } = load("ioredis/built/resp/verbatim-string.js");
  expect(Object.getPrototypeOf(VerbatimString)).toBe(Function.prototype);
});
