import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { exampleBody } from "../testing/examples.ts";
import type { Entry } from "./entry.ts";
import { encodeEntry, entryHash, GENESIS_HASH, type HashSuite } from "./entry-hash.ts";

/** Published beside this test, so that anyone can check an own implementation against them. */
const VECTORS = new URL("./entry-hash.vectors.json", import.meta.url);
interface Vectors {
  readonly format: number;
  readonly fields: readonly (keyof Entry)[];
  readonly chain: readonly { readonly entry: Omit<Entry, "hash">; readonly encoded: string; readonly hash: string }[];
}
const published = JSON.parse(readFileSync(VECTORS, "utf8")) as Vectors & { readonly assessed: Vectors };

const suite: HashSuite = {
  text: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
  pair: (leftHex, rightHex) =>
    createHash("sha256").update(Buffer.from(leftHex, "hex")).update(Buffer.from(rightHex, "hex")).digest("hex"),
};

/** Entries without an assessment have the first format, those with one the second. */
describe.each([
  ["1", published, ["identity", "posting", "reversal", "posting"]],
  ["2, of entries with an assessment", published.assessed, ["posting"]],
])("the published vectors of format %s", (_, vectors, kinds) => {
  it("follow from the documented steps alone: a JSON array, SHA-256, and the chain", () => {
    let previous = Buffer.alloc(32);
    for (const { entry, encoded, hash } of vectors.chain) {
      const array = [vectors.format, ...vectors.fields.map((field) => entry[field as keyof typeof entry])];
      const fields = createHash("sha256").update(JSON.stringify(array)).digest();
      previous = createHash("sha256")
        .update(Buffer.concat([previous, fields]))
        .digest();
      expect(JSON.stringify(array)).toBe(encoded);
      expect(previous.toString("hex")).toBe(hash);
    }
    expect(vectors.chain.map(({ entry }) => entry.kind)).toEqual(kinds);
  });

  it("are what the product computes", () => {
    let previous = GENESIS_HASH;
    for (const { entry, encoded, hash } of vectors.chain) {
      expect(encodeEntry(entry)).toBe(encoded);
      previous = entryHash(suite, previous, entry);
      expect(previous).toBe(hash);
    }
  });

  it("name every field of an entry but its hash, once", () => {
    const [first] = vectors.chain;
    expect([...vectors.fields].sort()).toEqual(Object.keys(first?.entry ?? {}).sort());
    expect(new Set(vectors.fields).size).toBe(vectors.fields.length);
  });
});

const ENTRY: Omit<Entry, "hash"> = {
  ...exampleBody(),
  practitionerId: "018f22e2-79b0-8000-8000-0000000000aa",
  sequence: 2,
  postingId: "018f22e2-79b0-7000-8000-0000000000bb",
  recordedAtMs: 1_600_000_000_000,
};

test.each(Object.keys(ENTRY) as (keyof typeof ENTRY)[])("a change of %s changes the hash", (field) => {
  const value = ENTRY[field];
  const others = typeof value === "number" ? [value + 1, -value, null] : [`${value}x`, "", null, 0];
  const hashes = [value, ...others.filter((other) => other !== value)].map((other) =>
    entryHash(suite, GENESIS_HASH, { ...ENTRY, [field]: other }),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("what moves from one field to its neighbour is another entry", () => {
  const moved: Partial<Entry>[] = [
    {},
    { title: '土地整治（1）","catalogue', trace: "101=3=professional" },
    { title: null, trace: "土地整治（1）catalogue:101=3=professional" },
    { source: "quzhou-cityQZ", recordId: "1" },
    { code: "registered", state: null },
    { hoursHundredths: 2_020, attributedYear: 800 },
    { note: "null" },
    { flags: "null" },
  ];
  const hashes = moved.map((changes) => entryHash(suite, GENESIS_HASH, { ...ENTRY, ...changes }));
  expect(new Set(hashes).size).toBe(moved.length);
});

test("the hash depends on the entry before", () => {
  expect(entryHash(suite, "11".repeat(32), ENTRY)).not.toBe(entryHash(suite, GENESIS_HASH, ENTRY));
});
