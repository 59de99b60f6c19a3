import type { Balance } from "@xueshi/domain";
import { plainArray, textArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";

/** Adds signed changes to the balances, in key order. */
export async function addToBalances(tx: Transaction, changes: readonly Balance[]): Promise<void> {
  await addTo(
    tx,
    "projection.balance",
    changes.filter((change) => change.hoursHundredths !== 0),
  );
}

/** Writes balances into a table that has none of these people, also those that came to zero. */
export async function writeBalances(tx: Transaction, table: string, balances: readonly Balance[]): Promise<void> {
  await addTo(tx, table, balances);
}

async function addTo(tx: Transaction, table: string, moved: readonly Balance[]): Promise<void> {
  if (moved.length === 0) return;
  await tx`
    INSERT INTO ${tx(table)} AS held
      (practitioner_id, platform, recognition, attributed_year, subject, pathway, hours_hundredths)
    SELECT * FROM unnest(
      ${plainArray(moved.map((change) => change.practitionerId))}::uuid[],
      ${textArray(moved.map((change) => change.platform))}::text[],
      ${textArray(moved.map((change) => change.recognition))}::text[],
      ${plainArray(moved.map((change) => change.attributedYear))}::smallint[],
      ${textArray(moved.map((change) => change.subject))}::text[],
      ${textArray(moved.map((change) => change.pathway))}::text[],
      ${plainArray(moved.map((change) => change.hoursHundredths))}::bigint[]
    )
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (practitioner_id, platform, recognition, attributed_year, subject, pathway)
    DO UPDATE SET hours_hundredths = held.hours_hundredths + excluded.hours_hundredths`;
}
