import type { Catalog, Column, Table } from "./read-catalog.ts";

const HEAD = `The schema after every migration, as the catalogs of PostgreSQL 15 and 18 both show it.
Written by \`pnpm schema:dump\`; a test compares it with the migrations.
`;

/** A catalog as text for people and for comparing: one line for each thing, schema by schema. */
export function renderCatalog(catalog: Catalog): string {
  const schemas = catalog.schemas.map((schema) => {
    const tables = catalog.tables
      .filter((table) => table.schema === schema)
      .map((table) => renderTable(table, catalog));
    const others = catalog.others.filter((line) => line.split(/[ .]/).at(-2) === schema);
    const functions = catalog.functions
      .filter((found) => found.schema === schema)
      .map(({ name, definition }) => `function ${schema}.${name}\n${indent(definition.trimEnd())}`);
    const rights = grantLines(catalog, schema, (object) => !object.startsWith("table "));
    return [`# ${schema}`, rights.join("\n"), ...others, ...tables, ...functions]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  return `${[HEAD.trimEnd(), ...schemas].join("\n\n")}\n`;
}

function renderTable(table: Table, catalog: Catalog): string {
  const own = (object: string) => object === `table ${table.name}` || object.startsWith(`table ${table.name} (`);
  // A primary key or unique constraint and its index are one thing: the constraint says it.
  const named = new Set(table.constraints.map((line) => line.split(" ")[0]));
  const lines = [
    ...table.columns.map(renderColumn),
    ...table.constraints.map((line) => `constraint ${line}`),
    ...table.indexes.filter(({ name }) => !named.has(name)).map(({ definition }) => definition),
    ...table.triggers,
    ...grantLines(catalog, table.schema, own),
  ];
  return `table ${table.schema}.${table.name}\n${indent(lines.join("\n"))}`;
}

function renderColumn({ name, type, nullable, value }: Column): string {
  return `${name} ${type}${nullable ? "" : " not null"}${value === null ? "" : ` default ${value}`}`;
}

function grantLines(catalog: Catalog, schema: string, wanted: (object: string) => boolean): string[] {
  return catalog.grants
    .filter((grant) => grant.schema === schema && wanted(grant.object))
    .map(({ object, grantee, privileges }) => `grant ${privileges} on ${object} to ${grantee}`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
