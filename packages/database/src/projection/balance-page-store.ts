import type { Balance } from "@xueshi/domain";
import type { Sql } from "../connection/connect.ts";

export type BalanceKey = Pick<Balance, "platform" | "recognition" | "attributedYear" | "subject" | "pathway">;

/** Some of a person's balances and the end of the chain that they sum up, seen at one instant. */
export interface BalancePage {
  readonly balances: readonly Balance[];
  /** Last sequence and its hash (hex); null for a person without entries. */
  readonly cut: { readonly sequence: number; readonly head: string } | null;
}

type Row = Omit<Balance, "platform"> & { platform: string | null; sequence: number; head: string };

/**
 * Balances in key order after a key, with the head of the chain: one statement, so that both are of one instant. A sum of
 * zero is none: whether such a row is there depends on how its hours came and went.
 */
export async function readBalancePage(
  sql: Sql,
  query: { practitionerId: string; after: BalanceKey | null; limit: number },
): Promise<BalancePage> {
  const { practitionerId, after, limit } = query;
  const rows = await sql<Row[]>`
    SELECT head.sequence, encode(head.hash, 'hex') AS head, head.practitioner_id AS "practitionerId", balance.platform,
      balance.recognition, balance.attributed_year AS "attributedYear", balance.subject, balance.pathway,
      balance.hours_hundredths AS "hoursHundredths"
    FROM ledger.head AS head
    LEFT JOIN projection.balance AS balance ON balance.practitioner_id = head.practitioner_id
      AND balance.hours_hundredths <> 0
      AND (${after === null} OR
        (balance.platform, balance.recognition, balance.attributed_year, balance.subject, balance.pathway) >
        (${after?.platform ?? ""}, ${after?.recognition ?? ""}, ${after?.attributedYear ?? 0}::smallint,
         ${after?.subject ?? ""}, ${after?.pathway ?? ""}))
    WHERE head.practitioner_id = ${practitionerId}
    ORDER BY balance.platform, balance.recognition, balance.attributed_year, balance.subject, balance.pathway
    LIMIT ${limit}`;
  const [first] = rows;
  const balances = rows.flatMap(({ sequence: _sequence, head: _head, platform, ...rest }) =>
    platform === null ? [] : [{ ...rest, platform }],
  );
  return { balances, cut: first === undefined ? null : { sequence: first.sequence, head: first.head } };
}
