import { RECORD_STATES, REFUSAL_CODES, REVOCATION_CODES } from "@xueshi/domain";
import { expect, it } from "vitest";
import { explainEntry, explainState } from "./explain-entry.ts";

const posted = { kind: "posting", reverses: null } as const;

it("says of every state and code what it means, in both languages", () => {
  const said = [
    ...RECORD_STATES.map((state) => explainEntry({ ...posted, state, code: null, nameDigest: null })),
    ...[...REFUSAL_CODES, ...REVOCATION_CODES, "identity_conflict", "implausible"].map((code) =>
      explainState(null, code),
    ),
  ];
  for (const { "zh-CN": zh, en } of said) {
    expect(zh).toMatch(/。$/);
    expect(en).toMatch(/\.$/);
  }
});

it("puts the reason behind the state, and names what a reversal takes back", () => {
  const { en } = explainState("refused", "hours_invalid");
  expect(en).toMatch(/^It was refused.*Hours must be/);
  expect(
    explainEntry({ kind: "reversal", reverses: 7, state: "registered", code: null, nameDigest: null }).en,
  ).toContain("entry 7");
  expect(
    explainEntry({ kind: "identity", reverses: null, state: null, code: null, nameDigest: "0d" })["zh-CN"],
  ).toContain("姓名");
  const tombstone = { kind: "identity", reverses: null, state: null, code: null, nameDigest: null } as const;
  expect(explainEntry(tombstone).en).toContain("erased");
});
