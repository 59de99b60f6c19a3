import { expect, it } from "vitest";
import { checkLicences, listInstalledPackages } from "./licences.ts";
import { ROOT } from "./repository.ts";

it("rests on permissive licences only", () => {
  const installed = listInstalledPackages(ROOT);
  expect(installed.length).toBeGreaterThan(50);
  expect(checkLicences(installed)).toEqual([]);
});

it("notices a licence that asks for more", () => {
  const of = (licence: string) => ({ name: "x", version: "1.0.0", licence });
  expect(checkLicences([of("MIT"), of("(GPL-3.0-only OR MIT)"), of("(MIT AND ISC)")])).toEqual([]);
  expect(checkLicences([of("AGPL-3.0-only"), of("(MIT AND GPL-2.0)"), of("none")])).toEqual([
    "x 1.0.0: AGPL-3.0-only",
    "x 1.0.0: (MIT AND GPL-2.0)",
    "x 1.0.0: none",
  ]);
});
