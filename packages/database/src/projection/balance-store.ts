import type { Balance } from "@xueshi/domain";
import { plainArray, textArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";

/** Adds signed changes to the balances, in key order. */
export async function addToBalances(tx: Transaction, changes: readonly Balance[]): Promise<void> {
  const moved = changes.filter((change) => change.hoursHundredths !== 0);
  if (moved.length === 0) return;
  await tx`
    INSERT INTO projection.balance AS held
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
    ON CONFLICT (practitioner_id, platform, recognition, attributed_year, subject, pathway)
    DO UPDATE SET hours_hundredths = held.hours_hundredths + excluded.hours_hundredths`;
}
