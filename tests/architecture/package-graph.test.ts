import { expect, it } from "vitest";
import { checkManifests, checkOwnedLibraries, checkPackageGraph, MAY_IMPORT } from "./package-graph.ts";
import { plant, readRepository, report } from "./repository.ts";
import { memberOf } from "./source-graph.ts";

const repository = readRepository();

it("lets packages import downwards only, and services no service", () => {
  expect(report(checkPackageGraph(repository))).toEqual([]);
  expect(report(checkManifests(repository))).toEqual([]);
});

it("leaves each library of the database and the queue to its owner", () => {
  expect(report(checkOwnedLibraries(repository))).toEqual([]);
});

it("knows every package there is", () => {
  const members = new Set(
    repository.map(({ path }) => memberOf(path)).filter((member) => member.startsWith("packages/")),
  );
  expect([...members].sort()).toEqual(
    Object.keys(MAY_IMPORT)
      .map((name) => `packages/${name}`)
      .sort(),
  );
});

it("has no way round: the graph itself goes downwards", () => {
  const reach = (name: string): string[] => [name, ...(MAY_IMPORT[name] ?? []).flatMap(reach)];
  for (const name of Object.keys(MAY_IMPORT)) {
    for (const below of MAY_IMPORT[name] ?? []) expect(reach(below)).not.toContain(name);
  }
});

it("notices an import upwards, sideways, out of the member, and of a part that is for tests", () => {
  const findings = checkPackageGraph(
    plant({
      "packages/domain/src/a.ts": 'import { connect } from "@xueshi/database";',
      "packages/queue/src/b.ts": 'import type { Hours } from "@xueshi/domain";',
      "services/query-api/src/c.ts": 'import "@xueshi/ledger-service";',
      "services/query-api/src/d.ts": 'export { x } from "../../ledger-service/src/x.ts";',
      "packages/vault/src/e.ts": 'import { startTestPostgres } from "@xueshi/runtime/testing";',
      "packages/vault/src/f.test.ts": 'import { startTestPostgres } from "@xueshi/runtime/testing";',
      "packages/novelty/src/g.ts": 'import type { Hours } from "@xueshi/domain";',
      "services/query-api/src/h.ts": 'import type { Hours } from "@xueshi/domain";',
      "scripts/i.ts": 'import "../services/query-api/src/h.ts";',
    }),
  );
  expect(findings.map(({ path }) => path.split("/").at(-1))).toEqual(["a.ts", "b.ts", "c.ts", "d.ts", "e.ts", "g.ts"]);
});

it("notices a library outside its owner, and a dependency that is no edge", () => {
  const planted = plant({
    "packages/runtime/src/a.ts": 'import postgres from "postgres";',
    "packages/runtime/src/a.test.ts": 'import postgres from "postgres";',
    "services/query-api/src/b.ts": 'const { eq } = await import("drizzle-orm/pg-core");',
    "packages/database/src/c.ts": 'import postgres from "postgres";',
    "packages/runtime/package.json": '{ "dependencies": { "@xueshi/domain": "workspace:*", "zod": "4" } }',
    "services/query-api/package.json": '{ "dependencies": { "@xueshi/database": "workspace:*" } }',
  });
  expect(checkOwnedLibraries(planted).map(({ path }) => path)).toEqual([
    "packages/runtime/src/a.ts",
    "services/query-api/src/b.ts",
  ]);
  expect(report(checkManifests(planted))).toEqual([
    "packages/runtime/package.json:1 must not depend on @xueshi/domain",
  ]);
});
