import { lockErasures, readErased, type Transaction } from "@xueshi/database";
import type { RefusalCode } from "@xueshi/domain";
import type { Vault } from "@xueshi/vault";
import { type JudgedRow, personOf } from "../judge-rows.ts";

export interface RefusedErased {
  readonly judged: readonly JudgedRow[];
  /** Those who were erased, of all whom the rows and what came with them name; nearly always nobody. */
  readonly erased: ReadonlySet<string>;
}

/**
 * Refuses every row of somebody who was erased, whatever else was wrong with it. Nothing of the person is kept: neither whom
 * the row named nor its title, and of its content a digest that only a holder of the index key can make, so that a row that
 * comes again is known again. Rows are stored beside one another from here on, until the transaction ends.
 * @param alsoOf people of whom something else came with the rows
 */
export async function refuseErased(
  tx: Transaction,
  judged: readonly JudgedRow[],
  vault: Pick<Vault, "sealTexts">,
  alsoOf: readonly string[] = [],
): Promise<RefusedErased> {
  const people = new Set(alsoOf);
  for (const row of judged) {
    const person = personOf(row);
    if (person !== null) people.add(person);
  }
  const [, erased] = await Promise.all([lockErasures(tx, "beside"), readErased(tx, [...people])]);
  if (erased.size === 0) return { judged, erased };
  return { judged: judged.map((row) => (erased.has(personOf(row) ?? "") ? refusalOf(row, vault) : row)), erased };
}

function refusalOf(row: JudgedRow, vault: Pick<Vault, "sealTexts">): JudgedRow {
  const { recordKey, source, recordId, contentDigest, updateTimeMs } = row.kind === "version" ? row.version : row.row;
  return {
    kind: "refused",
    row: {
      ...{ recordKey, source, recordId, practitionerId: null, updateTimeMs },
      contentDigest: vault.sealTexts("erased content", [contentDigest]),
      code: "erased" satisfies RefusalCode,
      ...{ title: "", obtainedOn: null, attributedYear: null },
    },
    isWithdrawn: false,
    index: row.index,
    ordinal: row.ordinal,
  };
}
