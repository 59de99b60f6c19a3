import { randomBytes } from "node:crypto";
import { createVault } from "@xueshi/vault";
import { expect, test } from "vitest";
import { makePerson, makeVersion } from "./bench-people.ts";

const vault = createVault({ indexKey: randomBytes(32), masterKey: randomBytes(32) });

test("the same numbers make the same person and records, others make others", () => {
  expect(makeVersion(makePerson(7, vault), 3)).toEqual(makeVersion(makePerson(7, vault), 3));
  const people = [1, 2, 10_001, 20_001].map((index) => makePerson(index, vault));
  const versions = people.flatMap((person) => [0, 1, 2, 3, 4, 5].map((nth) => makeVersion(person, nth)));
  for (const field of ["recordKey", "recordId", "contentDigest", "title"] as const) {
    expect(new Set(versions.map((version) => version[field])).size).toBe(versions.length);
  }
  expect(new Set(versions.map(({ practitionerId }) => practitionerId)).size).toBe(people.length);
  for (const { obtainedOn } of versions) expect(Number.isNaN(Date.parse(obtainedOn ?? ""))).toBe(false);
});
