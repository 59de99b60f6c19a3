import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, migrateDatabase, type Sql } from "@xueshi/database";
import type { EmbeddedPostgres } from "@xueshi/runtime";
import { startTestPostgres } from "@xueshi/runtime/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRights, checkRoles } from "../../scripts/ledger/doctor/check-roles.ts";
import { checkEventTriggers, checkGuards } from "../../scripts/ledger/doctor/check-schema.ts";
import { firstDifference } from "../../scripts/schema/first-difference.ts";
import { readCatalog } from "../../scripts/schema/read-catalog.ts";
import { renderCatalog } from "../../scripts/schema/render-catalog.ts";
import { readPlacements } from "./distribution.ts";
import { ROOT } from "./repository.ts";

const PATIENT_MS = 60_000;
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const distributeSql = read("infra/distributed/distribute.sql");

let server: EmbeddedPostgres;
let administrator: Sql;
let owner: Sql;

/** As the page of the roles says: an administrator makes them, and an owner without special rights migrates. */
beforeAll(async () => {
  const started = await startTestPostgres({ major: 18 });
  if (started === null) throw new Error("The embedded PostgreSQL 18 is missing.");
  server = started;
  administrator = connect({ url: server.url, connectionsMax: 1, applicationName: "xueshi-test" });
  const rolesSql = read("infra/postgres/roles.sql");
  await administrator.unsafe(rolesSql);
  await administrator.unsafe(rolesSql);
  await administrator.unsafe("ALTER ROLE xueshi_owner PASSWORD 'password-of-the-owner'");
  await administrator.unsafe("CREATE DATABASE installed OWNER xueshi_owner");
  const url = new URL(server.url);
  url.username = "xueshi_owner";
  url.password = "password-of-the-owner";
  url.pathname = "/installed";
  await migrateDatabase({ url: url.href });
  owner = connect({ url: url.href, connectionsMax: 1, applicationName: "xueshi-test" });
}, PATIENT_MS);

afterAll(async () => {
  await Promise.all([administrator.end(), owner.end()]);
  await server.stop();
}, PATIENT_MS);

/** Runs a statement as the superuser in a database. */
async function administratorIn(name: string, statement: string): Promise<void> {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const sql = connect({ url: url.href, connectionsMax: 1, applicationName: "xueshi-test" });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

describe("roles made by an administrator", () => {
  it("let an owner without special rights migrate, to the same schema", async () => {
    expect(await administrator`SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'xueshi_owner'`).toEqual([
      { rolsuper: false, rolcreaterole: false },
    ]);
    expect(firstDifference(read("packages/database/schema.txt"), renderCatalog(await readCatalog(owner)))).toBeNull();
  });

  it("are apart, as the doctor sees them, who says that event triggers need a superuser", async () => {
    const findings = [
      ...(await checkRoles(owner)),
      ...(await checkRights(owner)),
      ...(await checkGuards(owner)),
      ...(await checkEventTriggers(owner)),
    ];
    expect(findings.map(({ state, code }) => [state, code])).toEqual([
      ["ok", "ok"],
      ["ok", "ok"],
      ["ok", "ok"],
      ["warning", "event_triggers_impossible"],
    ]);
    // A superuser who let them watch would run functions that the owner could replace.
    await expect(administratorIn("installed", "SELECT migration.watch_guards(true)")).rejects.toThrow(/no superuser/);
  });

  it("let nobody log in but the owner", async () => {
    const rows = await administrator`SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'xueshi_%'`;
    expect(rows.map((row) => row.rolname)).toEqual(["xueshi_owner"]);
  });
});

describe("the distribution of tables", () => {
  /** Citus as far as the file calls it: each call is noted, and shards say how many guards they carry. */
  async function runWithStubs(guardsOnShard: string): Promise<string[]> {
    const url = new URL(server.url);
    url.pathname = "/installed";
    const sql = connect({ url: url.href, connectionsMax: 1, applicationName: "xueshi-test" });
    try {
      await sql.unsafe(`
        CREATE SCHEMA stub;
        CREATE TABLE stub.call (line text);
        CREATE TABLE stub.pg_dist_partition (logicalrelid regclass);
        CREATE FUNCTION stub.create_distributed_function(text) RETURNS void LANGUAGE sql AS $$ SELECT $1::regprocedure $$;
        CREATE FUNCTION stub.create_distributed_table(given text, key text, colocate_with text) RETURNS void LANGUAGE sql
          AS $$ INSERT INTO stub.call SELECT given || ' by ' || key;
                INSERT INTO stub.pg_dist_partition VALUES (given::regclass) $$;
        CREATE FUNCTION stub.create_reference_table(given text) RETURNS void LANGUAGE sql
          AS $$ INSERT INTO stub.call SELECT given::regclass || ' everywhere' $$;
        CREATE FUNCTION stub.citus_add_local_table_to_metadata(given text) RETURNS void LANGUAGE sql
          AS $$ INSERT INTO stub.call SELECT given::regclass || ' here' $$;
        CREATE FUNCTION stub.run_command_on_shards(given regclass, command text)
          RETURNS TABLE (success boolean, result text) LANGUAGE sql AS $$ SELECT true, '${guardsOnShard}' $$;
        SET search_path = stub, public;`);
      await sql.unsafe(distributeSql);
      const rows = await sql<{ line: string }[]>`SELECT line FROM stub.call`;
      return rows.map(({ line }) => line);
    } finally {
      await sql.unsafe("ROLLBACK; DROP SCHEMA stub CASCADE");
      await sql.end();
    }
  }

  it("runs as written, table by table", async () => {
    expect(await runWithStubs("1")).toHaveLength(readPlacements(distributeSql).length);
  });

  it("is undone when a shard would lack its guard", async () => {
    await expect(runWithStubs("0")).rejects.toThrow(/do not refuse a change/);
  });
});
