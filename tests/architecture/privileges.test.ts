import { connect, readGuardedTables, SERVICE_ROLES, type Sql } from "@xueshi/database";
import { createTestDatabase, insertAnyRows } from "@xueshi/database/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalog, type Table } from "../../scripts/schema/read-catalog.ts";

const PATIENT_MS = 60_000;
const INSUFFICIENT_PRIVILEGE = "42501";
const RESTRICT_VIOLATION = "23001";

/** The one service that writes each schema; rules and keys are written by commands of the operator. */
const WRITERS: Readonly<Record<string, string | null>> = {
  access: null,
  acquisition: "xueshi_ingestion",
  admission: "xueshi_ingestion",
  classification: "xueshi_ledger",
  ledger: "xueshi_ledger",
  projection: "xueshi_ledger",
  requirement: null,
  verdict: "xueshi_query",
};

const database = await createTestDatabase();
const owner = connect({ url: database.url, connectionsMax: 1, applicationName: "xueshi-test" });
/** What is only ever added to: the list that the migrations make. */
const guarded = await readGuardedTables(owner);
const catalog = await readCatalog(owner);
const services = new Map<string, Sql>();

beforeAll(async () => {
  for (const role of SERVICE_ROLES) {
    services.set(role, connect({ url: await database.urlAs(role), connectionsMax: 1, applicationName: "xueshi-test" }));
  }
  // Row triggers fire only where there is a row.
  await insertAnyRows(
    owner,
    guarded.filter((table) => table !== "ledger.guard"),
  );
}, PATIENT_MS);

afterAll(async () => {
  await Promise.all([owner, ...services.values()].map((sql) => sql.end()));
  await database.drop();
}, PATIENT_MS);

const nameOf = ({ schema, name }: Table): string => `${schema}.${name}`;

const changes = (table: string, column: string): string[] => [
  `UPDATE ${table} SET ${column} = ${column}`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
];

async function codeOf(sql: Sql, statement: string): Promise<string> {
  return await sql.unsafe(statement).then(
    () => "done",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
  );
}

it("is the ledger, what was decided and by whom, what was answered, and who saw it", () => {
  const known = [
    "ledger.entry",
    "ledger.posting",
    "requirement.activation",
    "verdict.kept_verdict",
    "verdict.access_log",
  ];
  expect(guarded).toEqual(expect.arrayContaining(known));
});

describe.each(guarded)("%s", (name) => {
  const columnOf = () => `"${catalog.tables.find((table) => nameOf(table) === name)?.columns[0]?.name}"`;

  it("has a row to attack", async () => {
    expect(await owner.unsafe(`SELECT FROM ${name} LIMIT 1`)).toHaveLength(1);
  });

  it.each(SERVICE_ROLES)("refuses changes, and the removal of its guard, to the %s service", async (role) => {
    const sql = services.get(role);
    if (sql === undefined) throw new Error(`No connection as ${role}.`);
    const attacks = [
      ...changes(name, columnOf()),
      `ALTER TABLE ${name} DISABLE TRIGGER ALL`,
      `ALTER TABLE ${name} ADD COLUMN extra int`,
      `DROP TABLE ${name}`,
      "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "SET session_replication_role = replica",
    ];
    for (const attack of attacks) expect([attack, await codeOf(sql, attack)]).toEqual([attack, INSUFFICIENT_PRIVILEGE]);
  });

  it("refuses changes to the owner too", async () => {
    for (const change of changes(name, columnOf())) {
      expect([change, await codeOf(owner, change)]).toEqual([change, RESTRICT_VIOLATION]);
    }
  });
});

describe("the schemas", () => {
  it("have one writing service each", () => {
    const writers = catalog.schemas.map((schema) => {
      const writing = catalog.grants.filter(
        (grant) => grant.schema === schema && /INSERT|UPDATE|DELETE/.test(grant.privileges),
      );
      // The ledger service marks a batch posted in its own transaction: one column, and nothing else of that schema. Who
      // stores people states by which keys they are found.
      const known = new Set(["table batch (posted_at)", "table installation"]);
      const foreign = writing.filter(({ object }) => !known.has(object));
      return [schema, [...new Set(foreign.map(({ grantee }) => grantee))]];
    });
    expect(Object.fromEntries(writers)).toEqual(
      Object.fromEntries(Object.entries(WRITERS).map(([schema, writer]) => [schema, writer === null ? [] : [writer]])),
    );
  });

  it("give no service a right that outlives a query, and the public none", () => {
    const lasting = catalog.grants.filter(({ privileges }) =>
      /CREATE|TRUNCATE|REFERENCES|TRIGGER|MAINTAIN/.test(privileges),
    );
    expect(lasting).toEqual([]);
    expect(catalog.grants.filter(({ grantee }) => grantee === "PUBLIC")).toEqual([]);
  });

  it("hide raw pages and identities from who only answers", async () => {
    const query = services.get("query");
    if (query === undefined) throw new Error("No connection as query.");
    for (const table of ["acquisition.raw_page", "acquisition.batch", "admission.identity", "admission.version"]) {
      expect(await codeOf(query, `SELECT 1 FROM ${table}`)).toBe(INSUFFICIENT_PRIVILEGE);
    }
  });
});
