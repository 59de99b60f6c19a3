import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LEDGER_EXPORT_SCHEMA_PATH } from "@xueshi/contracts";
import { connect, migrateDatabase, type Sql } from "@xueshi/database";
import { startTestPostgres } from "@xueshi/runtime/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogAfterMigrations } from "../../scripts/schema/catalog-after-migrations.ts";
import { exportSchema } from "../../scripts/schema/export-schema.ts";
import { firstDifference } from "../../scripts/schema/first-difference.ts";
import { type Catalog, readCatalog } from "../../scripts/schema/read-catalog.ts";
import { renderCatalog } from "../../scripts/schema/render-catalog.ts";
import { checkDistribution, readPlacements } from "./distribution.ts";
import { ROOT } from "./repository.ts";

const PATIENT_MS = 60_000;
const committed = readFileSync(join(ROOT, "packages/database/schema.txt"), "utf8");
const placements = readPlacements(readFileSync(join(ROOT, "infra/distributed/distribute.sql"), "utf8"));
const on15 = await catalogAfterMigrations(15);
const hasPostgres15Server = on15 !== null;

describe.runIf(hasPostgres15Server)("PostgreSQL 15", () => {
  it("shows the committed dump after the migrations", () => {
    expect(firstDifference(committed, on15 === null ? "" : renderCatalog(on15))).toBeNull();
  });
});

describe("PostgreSQL 18", () => {
  let sql: Sql;
  let catalog: Catalog;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const server = await startTestPostgres({ major: 18 });
    if (server === null) throw new Error("The embedded PostgreSQL 18 is missing.");
    await migrateDatabase({ url: server.url });
    sql = connect({ url: server.url, connectionsMax: 1, applicationName: "xueshi-test" });
    stop = async () => {
      await sql.end();
      await server.stop();
    };
    catalog = await readCatalog(sql);
  }, PATIENT_MS);
  afterAll(() => stop(), PATIENT_MS);

  it("shows the committed dump after the migrations", () => {
    expect(firstDifference(committed, renderCatalog(catalog))).toBeNull();
  });

  it("makes the committed schema of a ledger export's lines", async () => {
    const published = readFileSync(join(ROOT, "packages/contracts", LEDGER_EXPORT_SCHEMA_PATH), "utf8");
    expect(firstDifference(published, await exportSchema(sql))).toBeNull();
  });

  it("can be spread over machines as placed", () => {
    expect(placements.length).toBe(catalog.tables.length);
    expect(checkDistribution(catalog, placements)).toEqual([]);
  });

  /** What the catalog is after some statements, which are then undone. */
  async function altered(...statements: string[]): Promise<Catalog> {
    let found: Catalog | null = null;
    const undo = new Error("undo");
    await sql
      .begin(async (transaction) => {
        await transaction`SELECT migration.watch_guards(false)`;
        for (const statement of statements) await transaction.unsafe(statement);
        found = await readCatalog(transaction as unknown as Sql);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return found ?? catalog;
  }

  it.each([
    "ALTER TABLE ledger.entry ADD COLUMN extra int",
    "ALTER TABLE ledger.entry ALTER COLUMN reason DROP NOT NULL",
    "ALTER TABLE ledger.entry ALTER COLUMN flags SET DEFAULT ''",
    "ALTER TABLE ledger.entry ALTER COLUMN attributed_year TYPE int",
    "ALTER TABLE ledger.entry DROP CONSTRAINT entry_kind",
    "DROP INDEX ledger.entry_reversed_once",
    "DROP TRIGGER entry_append_only ON ledger.entry",
    "ALTER TABLE ledger.entry DISABLE TRIGGER entry_append_only",
    "GRANT DELETE ON ledger.entry TO xueshi_ledger",
    "GRANT SELECT ON ledger.entry TO PUBLIC",
    "REVOKE UPDATE (posted_at) ON acquisition.batch FROM xueshi_ledger",
    "GRANT CREATE ON SCHEMA ledger TO xueshi_query",
    "CREATE FUNCTION verdict.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE VIEW verdict.everyone AS SELECT practitioner_id FROM ledger.head",
    "CREATE SCHEMA extra",
  ])("notices %s", async (statement) => {
    expect(firstDifference(committed, renderCatalog(await altered(statement)))).not.toBeNull();
  });

  it.each([
    ["CREATE TABLE ledger.note (id uuid PRIMARY KEY)", "ledger.note is not placed"],
    ["DROP TABLE ledger.head", "ledger.head is placed and does not exist"],
    ["CREATE SEQUENCE ledger.position", "sequence ledger.position: one node would have to count"],
    [
      "CREATE UNIQUE INDEX entry_hash ON ledger.entry (hash)",
      "ledger.entry: the unique index entry_hash does not begin with practitioner_id",
    ],
    ["ALTER TABLE ledger.head DROP CONSTRAINT head_pkey", "ledger.head has no primary key"],
    [
      "ALTER TABLE ledger.head ADD FOREIGN KEY (practitioner_id) REFERENCES admission.identity",
      "ledger.head has a foreign key",
    ],
    [
      "ALTER TABLE access.api_key ADD COLUMN practitioner_id uuid",
      "access.api_key grows with its practitioner_id and must be distributed",
    ],
    [
      "ALTER TABLE acquisition.batch ADD COLUMN practitioner_id uuid",
      "acquisition.batch grows with people and is placed by batch_id",
    ],
  ])("notices that %s cannot be spread", async (statement, finding) => {
    expect(checkDistribution(await altered(statement), placements)).toContain(finding);
  });
});
