import { expect, test } from "vitest";
import { createVerdictId, practitionerIdOfVerdict } from "./verdict-id.ts";

const PERSON = "0f1e2d3c-4b5a-8697-8877-665544332211";

test("carries the person, and 128 bits that nobody can guess", () => {
  const ids = Array.from({ length: 100 }, () => createVerdictId(PERSON));
  expect(new Set(ids.map((id) => id.slice(-21))).size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(practitionerIdOfVerdict(id)).toBe(PERSON);
  }
});

test("any text of the right form names some person, so that an unknown one is only not found", () => {
  expect(practitionerIdOfVerdict("_".repeat(43))).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});
