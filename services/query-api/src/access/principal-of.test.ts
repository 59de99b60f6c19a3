import { expect, test } from "vitest";
import { principalOf } from "./principal-of.ts";

const row = (kind: string, scopes: string[]) => ({ keyId: "k", kind, name: "holder", scopes });

test("a key has the scopes that were given to it", () => {
  expect(principalOf(row("declaration-system", ["checks:write"]))).toEqual({
    keyId: "k",
    kind: "declaration-system",
    name: "holder",
    scopes: ["checks:write"],
  });
});

test("a key never has a scope that its kind cannot have", () => {
  expect(principalOf(row("source", ["records:write", "checks:write", "practitioners:read"]))?.scopes).toEqual([
    "records:write",
  ]);
  expect(principalOf(row("operator", ["checks:write", "verdicts:read", "everything"]))?.scopes).toEqual([
    "verdicts:read",
  ]);
});

test("no key, and a kind that is not known, is nobody", () => {
  expect(principalOf(null)).toBeNull();
  expect(principalOf(row("robot", ["checks:write"]))).toBeNull();
});
