import { isInstant, normaliseText, parseInstant, type RecordStatus } from "@xueshi/domain";
import type { Mapping } from "./mapping.ts";

/**
 * A scalar as text, as it came; "" for what was not sent. A whole number too large to be read exactly is "" too: its
 * last digits are gone, and half an id is worse than none. Null: the value is no scalar.
 */
export function readText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? "" : String(value);
  return typeof value === "boolean" ? String(value) : null;
}

/** Milliseconds since 1970 UTC, or null when the value does not say an instant in the platform's form. */
export function readUpdateTime(value: unknown, form: Mapping["updateTimeForm"]): number | null {
  if (form === "text") return typeof value === "string" ? parseInstant(normaliseText(value)) : null;
  const isDigits = typeof value === "string" && /^[0-9]{1,16}$/.test(normaliseText(value));
  const instantMs = isDigits ? Number(normaliseText(value)) : value;
  return typeof instantMs === "number" && isInstant(instantMs) && instantMs >= 0 ? instantMs : null;
}

/** The status by the platform's words, then by the flag that withdraws. */
export function createStatusReader(mapping: Mapping): (row: Readonly<Record<string, unknown>>) => RecordStatus {
  const words = new Map<unknown, RecordStatus>(Object.entries(mapping.statuses));
  const yes = new Set<unknown>(mapping.withdrawnFlag?.yes);
  const no = new Set<unknown>(mapping.withdrawnFlag?.no);
  const flagField = mapping.withdrawnFlag?.field ?? null;
  return (row) => {
    const word = readText(row[mapping.fields.status]);
    const status = word === null ? undefined : (words.get(word) ?? words.get(normaliseText(word)));
    if (flagField === null) return status ?? "unknown";
    const sent = row[flagField] ?? null;
    const flag = typeof sent === "string" ? normaliseText(sent).toLowerCase() : sent;
    if (yes.has(flag)) return "withdrawn";
    return no.has(flag) ? (status ?? "unknown") : "unknown";
  };
}
