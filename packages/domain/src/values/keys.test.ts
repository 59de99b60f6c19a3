import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { recordKeyOf, uuidFromDigest } from "./keys.ts";

const sha256Hex = (text: string) => hash("sha256", text, "hex");

test("a digest becomes a UUID of version 8 that keeps every other bit of its first 16 bytes", () => {
  for (const text of ["a", "b", "c", "d", "e", "f"]) {
    const digest = sha256Hex(text);
    const uuid = uuidFromDigest(digest);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const bits = BigInt(`0x${uuid.replaceAll("-", "")}`) ^ BigInt(`0x${digest.slice(0, 32)}`);
    expect(bits & ~(0xfn << 76n) & ~(0x3n << 62n)).toBe(0n);
  }
});

test("the key of a record is that of its source and id, and of no other split of the same characters", () => {
  const keys = [
    recordKeyOf(sha256Hex, "quzhou-city", "QZ1"),
    recordKeyOf(sha256Hex, "quzhou-cityQ", "Z1"),
    recordKeyOf(sha256Hex, "quzhou-city", "QZ1 "),
    recordKeyOf(sha256Hex, "zj-industry", "QZ1"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys[0]).toBe(uuidFromDigest(sha256Hex("record\u0000quzhou-city\u0000QZ1")));
});
