import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import type { Entry } from "./entry.ts";
import { encodeEntry, entryHash, GENESIS_HASH } from "./entry-hash.ts";

const entry: Omit<Entry, "hash"> = {
  practitionerId: "00000000-0000-8000-8000-000000000001",
  sequence: 1,
  postingId: "00000000-0000-7000-8000-000000000002",
  recordedAtMs: 1_600_000_000_000,
  kind: "posting",
  reverses: null,
  recordKey: "00000000-0000-8000-8000-000000000003",
  slot: "",
  source: "quzhou-city",
  recordId: "QZ1",
  platform: "quzhou-city",
  state: "registered",
  code: null,
  hoursHundredths: 150,
  subject: "professional",
  attributedYear: 2020,
  obtainedOn: "2020-03-02" as LocalDate,
  pathway: null,
  recognition: "as-registered",
  title: '行业标准化 "一"',
  trace: "catalogue:103=3=professional",
  flags: "",
  sourceDigest: "ab".repeat(32),
  updateTimeMs: 1_590_000_000_000,
  reason: "posted",
  actor: "ledger-service",
  note: null,
  nameDigest: null,
};
const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
const suite = {
  text: (text: string) => sha256(text),
  pair: (left: string, right: string) => sha256(Buffer.from(left, "hex"), Buffer.from(right, "hex")),
};

test("the encoding is a JSON array of a version and every field, and the hash chains it to the one before", () => {
  const encoded =
    '[1,"00000000-0000-8000-8000-000000000001",1,"00000000-0000-7000-8000-000000000002",1600000000000,"posting",null,' +
    '"00000000-0000-8000-8000-000000000003","","quzhou-city","QZ1","quzhou-city","registered",null,150,"professional",' +
    '2020,"2020-03-02",null,"as-registered","行业标准化 \\"一\\"","catalogue:103=3=professional","",' +
    `"${"ab".repeat(32)}",1590000000000,"posted","ledger-service",null,null]`;
  expect(encodeEntry(entry)).toBe(encoded);
  const expected = sha256(Buffer.alloc(32), Buffer.from(sha256(encoded), "hex"));
  expect(entryHash(suite, GENESIS_HASH, entry)).toBe(expected);
});

test("a change in any field, and in the hash before, changes the hash", () => {
  const original = entryHash(suite, GENESIS_HASH, entry);
  for (const field of Object.keys(entry) as (keyof typeof entry)[]) {
    const value = entry[field];
    const changed = { ...entry, [field]: typeof value === "number" ? value + 1 : `${value ?? ""}x` };
    expect(entryHash(suite, GENESIS_HASH, changed), field).not.toBe(original);
  }
  expect(entryHash(suite, "1".repeat(64), entry)).not.toBe(original);
});

test("no two entries share an encoding by moving text between fields", () => {
  const left = encodeEntry({ ...entry, title: 'a","b', trace: "c" });
  const right = encodeEntry({ ...entry, title: "a", trace: 'b","c' });
  expect(left).not.toBe(right);
});
