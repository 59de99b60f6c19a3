import type { Connection } from "./connection.ts";
import type { Mapping } from "./mapping.ts";

/**
 * What a mapping reads of a staging table and the connection does not select, as sentences for whoever writes the
 * settings; empty for other transports. Without this a forgotten column would look like rows that lack a field.
 */
export function checkSqlMapping(connection: Connection, { fields, withdrawnFlag, totalRow }: Mapping): string[] {
  if (connection.transport !== "sql") return [];
  const { columns, dateColumns, read } = connection;
  const mapped = [...Object.values(fields), withdrawnFlag?.field ?? null, totalRow?.field ?? null, ...dateColumns];
  const missing = [...new Set(mapped)].filter(
    (field): field is string => typeof field === "string" && !columns.includes(field),
  );
  const problems = missing.map((field) => `connection.columns does not list ${field}, which is read.`);
  if (read.kind === "by-update-time" && fields.updateTime !== read.updateTimeColumn) {
    problems.push(`mapping.fields.updateTime must be ${read.updateTimeColumn}, by which the table is read.`);
  }
  if (dateColumns.includes(fields.updateTime)) problems.push(`${fields.updateTime} is a time, not a date.`);
  return problems;
}
