import type { Platform } from "./platform.ts";

/** From this many rows on, a field missing in all of them is a changed schema even if no new field took its place. */
const ROWS_MIN = 3;

/**
 * True when every row of a page lacks a field that the mapping reads: the platform has renamed or dropped it, and
 * taking the page would refuse good rows. A few rows that merely lack a field are dirt, and are judged one by one.
 */
export function isSchemaDrift(platform: Platform, rows: readonly unknown[]): boolean {
  const { fields, otherFields, withdrawnFlag } = platform.mapping;
  const required = Object.values(fields).filter((field) => typeof field === "string");
  if (withdrawnFlag !== null) required.push(withdrawnFlag.field);
  const objects = rows.filter((row) => typeof row === "object" && row !== null && !Array.isArray(row)) as object[];
  const first = objects[0];
  if (first === undefined) return false;
  const missing = required.filter((field) => !Object.hasOwn(first, field));
  if (!missing.some((field) => objects.every((row) => !Object.hasOwn(row, field)))) return false;
  const known = new Set([...required, ...otherFields]);
  return objects.length >= ROWS_MIN || Object.keys(first).some((key) => !known.has(key));
}
