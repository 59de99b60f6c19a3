import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const position = z.strictObject({ since: z.int(), key: z.string().max(36) });

describe("cursors", () => {
  it("come back as they were made", () => {
    const cursor = encodeCursor({ since: 1_595_000_000_000, key: "0f6c" });
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor(cursor, position)).toEqual({ since: 1_595_000_000_000, key: "0f6c" });
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  it.each([
    ["nothing", ""],
    ["no base64url", "%%%"],
    ["no JSON", Buffer.from("hello").toString("base64url")],
    ["JSON that is no object", encode(7)],
    ["null", encode(null)],
    ["another version", encode({ v: 2, p: { since: 1, key: "a" } })],
    ["no position", encode({ v: 1 })],
    ["a position of another list", encode({ v: 1, p: { sequence: 3 } })],
    ["a changed position", encode({ v: 1, p: { since: "1; DROP TABLE", key: "a" } })],
    ["more fields than the list has", encode({ v: 1, p: { since: 1, key: "a", role: "admin" } })],
    ["a cursor beyond the bound", encode({ v: 1, p: { since: 1, key: "a".repeat(600) } })],
  ])("refuse %s", (_name, cursor) => {
    expect(decodeCursor(cursor, position)).toBeNull();
  });
});
