import { appendEntries, type Entry, emptyHead, entryHash, GENESIS_HASH, identityEntry } from "@xueshi/domain";
import { sha256Suite } from "@xueshi/vault";
import { expect, it } from "vitest";
import { ChainReader } from "./chain-reader.ts";

const chainOf = (practitionerId: string, length = 3): readonly Entry[] => {
  const bodies = Array.from({ length }, (_, index) => identityEntry(String(index).padStart(64, "0"), "test"));
  return appendEntries(emptyHead(practitionerId), bodies, "posting", 500, sha256Suite).entries;
};
const [a, b] = [chainOf("a"), chainOf("b")];

/** The entry with other fields and a hash that fits them, as somebody would write it who makes a chain anew. */
function forged(entry: Entry, before: Entry | undefined, changes: Partial<Entry>): Entry {
  const { hash: _, ...fields } = { ...entry, ...changes };
  return { ...fields, hash: entryHash(sha256Suite, before?.hash ?? GENESIS_HASH, fields) };
}

function faultOf(entries: readonly (Entry | undefined)[]): string | null {
  const reader = new ChainReader(sha256Suite);
  try {
    for (const [index, entry] of entries.entries()) if (entry !== undefined) reader.add(entry, index + 1);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it("gives each chain once it has ended", () => {
  const reader = new ChainReader(sha256Suite);
  for (const [index, entry] of [...a, ...b].entries()) reader.add(entry, index + 2);
  expect(reader.take()).toEqual([{ entries: a, line: 4 }]);
  expect(reader.take()).toEqual([]);
  reader.end();
  expect(reader.take()).toEqual([{ entries: b, line: 7 }]);
});

it("refuses what does not follow, even where its hash was made to fit", () => {
  const [first, second, third] = a;
  if (first === undefined || second === undefined) throw new Error("there are three");
  const wrong: [readonly (Entry | undefined)[], string][] = [
    [[second], "line 1: sequence"],
    [[first, third], "line 2: sequence"],
    [[first, first], "line 2: sequence"],
    [[first, forged(second, first, { sequence: 3 })], "line 2: sequence"],
    [[first, { ...second, actor: "somebody" }], "line 2: hash"],
    [[first, { ...second, hash: GENESIS_HASH }], "line 2: hash"],
    [[first, forged(second, first, { recordedAtMs: 499 })], "line 2: recordedAt"],
    [[...b, ...a], "line 4: the practitioners"],
    [[...a, ...b, first], "line 7: the practitioners"],
  ];
  for (const [entries, said] of wrong) expect(faultOf(entries)).toMatch(said);
  expect(faultOf([...a, ...b])).toBeNull();
});
