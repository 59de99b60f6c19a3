import type { Catalog, Table } from "../../scripts/schema/read-catalog.ts";

/** Where a table lies when one machine is not enough. */
export interface Placement {
  readonly table: string;
  /** The column that places a row; null for a table that is small and whole on one node or on all. */
  readonly key: string | null;
}

/** Columns that grow: a table that has one cannot be whole on one node. */
const GROWING_KEYS = ["practitioner_id", "record_key", "batch_id"];

/** Reads the placements from the SQL that makes them. */
export function readPlacements(sql: string): Placement[] {
  const calls =
    /^SELECT (create_distributed_table|create_reference_table|citus_add_local_table_to_metadata)\((.*)\);$/gm;
  return [...sql.matchAll(calls)].map(([, verb, given = ""]) => {
    const [table = "", key = ""] = [...given.matchAll(/'([^']+)'/g)].map(([, text = ""]) => text);
    return { table, key: verb === "create_distributed_table" ? key : null };
  });
}

/**
 * Whether a migrated schema can be spread as placed: each table is placed once; a distributed one has its key first in
 * the primary key and in every unique index, and neither a foreign key nor a number that one node would have to give.
 */
export function checkDistribution(catalog: Catalog, placements: readonly Placement[]): string[] {
  const names = catalog.tables.map(({ schema, name }) => `${schema}.${name}`);
  const placed = new Map(placements.map(({ table, key }) => [table, key]));
  const twice = placements.filter(
    ({ table }, index) => placements.findIndex((other) => other.table === table) !== index,
  );
  return [
    ...catalog.others
      .filter((other) => other.startsWith("sequence "))
      .map((other) => `${other}: one node would have to count`),
    ...twice.map(({ table }) => `${table} is placed twice`),
    ...placements
      .filter(({ table }) => !names.includes(table))
      .map(({ table }) => `${table} is placed and does not exist`),
    ...catalog.tables.flatMap((table) => checkTable(table, placed.get(`${table.schema}.${table.name}`))),
  ];
}

function checkTable(table: Table, key: string | null | undefined): string[] {
  const name = `${table.schema}.${table.name}`;
  const columns = table.columns.map((column) => column.name);
  const foreign = table.constraints
    .filter((line) => line.includes("FOREIGN KEY"))
    .map(() => `${name} has a foreign key`);
  if (key === undefined) return [...foreign, `${name} is not placed`];
  if (key === null) {
    const growing = GROWING_KEYS.filter((column) => columns.includes(column));
    return [...foreign, ...growing.map((column) => `${name} grows with its ${column} and must be distributed`)];
  }
  const keyed = columns.includes("practitioner_id") && !["practitioner_id", "record_key"].includes(key);
  const primary = table.indexes.some((index) => index.primary);
  return [
    ...foreign,
    ...(keyed ? [`${name} grows with people and is placed by ${key}`] : []),
    ...(primary ? [] : [`${name} has no primary key`]),
    ...table.indexes
      .filter((index) => index.unique && index.columns[0] !== key)
      .map((index) => `${name}: the unique index ${index.name} does not begin with ${key}`),
    ...table.columns
      .filter(({ value }) => value !== null && /identity|nextval/.test(value))
      .map((column) => `${name}.${column.name}: one node would have to count`),
  ];
}
