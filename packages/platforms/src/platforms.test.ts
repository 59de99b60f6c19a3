import { expect, test } from "vitest";
import { createSourceRegistry, definePlatform, PLATFORMS, SOURCES } from "./index.ts";

const [city] = PLATFORMS;
if (city === undefined) throw new Error("there is a platform");

test("a registry finds its platforms and training platforms by name, and answers for unknown sources too", () => {
  const county = definePlatform({ ...city, plausibility: {}, name: "example-county" });
  const registry = createSourceRegistry([county], SOURCES.pushSources);
  expect(registry.platformNamed("example-county")).toBe(county);
  expect(registry.platformNamed("quzhou-city")).toBeNull();
  expect(registry.sourceNamed("demo-training").subjects.codes).not.toBeNull();
  expect(registry.sourceNamed("someone-new").subjects).toEqual({
    catalogueClasses: null,
    codes: null,
    acceptsNames: true,
  });
});
