import { alignColumns } from "../rules/align-columns.ts";
import type { OpsVerb } from "./verbs.ts";

/** An answer as a person reads it: the columns of a list, or each field on a line of its own. */
export function answerLines(verb: OpsVerb, body: unknown): string[] {
  if (verb.lines !== undefined) return verb.lines(body);
  const list = verb.table === undefined ? undefined : fieldAt(body, verb.table.list);
  if (verb.table === undefined || !Array.isArray(list)) return fieldLines(body, "");
  const { columns } = verb.table;
  const rows = list.map((item) => columns.map((column) => cellText(fieldAt(item, column))));
  const next = fieldAt(body, "nextCursor");
  const more = typeof next === "string" ? [`--cursor ${next}`] : [];
  return [...alignColumns([[...columns], ...rows]), ...more];
}

/** A problem as one line: its code, its sentence, and the fields at fault. */
export function problemLines(body: unknown): string[] {
  const errors = fieldAt(body, "errors");
  const fields = Array.isArray(errors)
    ? errors.map((error) => `  ${cellText(fieldAt(error, "path"))}: ${cellText(fieldAt(error, "message"))}`)
    : [];
  return [`${cellText(fieldAt(body, "code"))}: ${cellText(fieldAt(body, "detail"))}`, ...fields];
}

function fieldLines(value: unknown, name: string): string[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? [`${name}: -`] : value.flatMap((item, index) => fieldLines(item, `${name}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [`${name}: ${cellText(value)}`];
  const prefix = name === "" ? "" : `${name}.`;
  return Object.entries(value).flatMap(([key, inner]) => fieldLines(inner, prefix + key));
}

function fieldAt(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

function cellText(value: unknown): string {
  return value === undefined || value === null || value === "" ? "-" : String(value);
}
