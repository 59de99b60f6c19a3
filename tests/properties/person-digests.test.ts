import { createHmac } from "node:crypto";
import { parsePersonId, uuidFromDigest } from "@xueshi/domain";
import { createVault } from "@xueshi/vault";
import { expect, it } from "vitest";

const indexKey = Buffer.alloc(32, 7);
const vault = createVault({ indexKey, masterKey: Buffer.alloc(32, 9) });
const RESIDENT = "330899198003070011";
const digest = (text: string) => uuidFromDigest(createHmac("sha256", indexKey).update(text).digest("hex"));

it("a resident id has the digest that it always had", () => {
  const id = parsePersonId("resident-id", RESIDENT);
  expect(id === null ? null : vault.practitionerIdOf(id)).toBe(digest(`resident-id\u0000${RESIDENT}`));
});

it("the kind of another document is part of its digest", () => {
  const id = parsePersonId("passport", "E12345678");
  expect(id === null ? null : vault.practitionerIdOf(id)).toBe(digest("passport\u0000E12345678"));
});

it("opens what it sealed, and nothing that was changed", () => {
  const sealed = vault.sealPerson({ id: RESIDENT, name: "张三" });
  expect(vault.openPerson(sealed)).toEqual({ id: RESIDENT, name: "张三" });
  const changed = Buffer.from(sealed.sealed);
  changed[20] = (changed[20] ?? 0) ^ 1;
  expect(() => vault.openPerson({ ...sealed, sealed: changed })).toThrow();
});
