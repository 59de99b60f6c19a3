import { normaliseText } from "@xueshi/domain";
import { readText } from "./read-fields.ts";

/** A platform's own course catalogue: code of the course category → its class, both after NFKC and trim. */
export type Catalogue = ReadonlyMap<string, string>;

/**
 * Reads the entries of a catalogue. A category that is listed under two classes gets both (`2|3`), which no class table
 * knows: its records have no subject rather than one by chance. Entries without a code are left out.
 */
export function readCatalogue(
  fields: { readonly codeField: string; readonly classField: string },
  entries: readonly unknown[],
): Catalogue {
  const classes = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (typeof entry !== "object" || entry === null) continue;
    const row = entry as Readonly<Record<string, unknown>>;
    const code = normaliseText(readText(row[fields.codeField]) ?? "");
    if (code === "") continue;
    const known = classes.get(code) ?? new Set();
    classes.set(code, known.add(normaliseText(readText(row[fields.classField]) ?? "")));
  }
  return new Map([...classes].map(([code, known]) => [code, [...known].toSorted().join("|")]));
}
