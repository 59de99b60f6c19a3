import type { Balance, RecordStateRow } from "@xueshi/domain";
import type { Sql, Transaction } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { inScope, type PersonScope } from "../ledger/person-range.ts";

/** Record states of some people as they are kept, some at a time. */
export function copyRecordStates(sql: Sql | Transaction, scope: PersonScope): AsyncGenerator<RecordStateRow[]> {
  const select = `SELECT practitioner_id, record_key, slot, source, state, achievement_key, sequence
    FROM projection.record_state WHERE ${inScope(scope)}`;
  return copyRows(sql, select, (row) => ({
    practitionerId: row.repeatedUuid(0) ?? "",
    recordKey: row.uuid(1) ?? "",
    slot: row.word(2) ?? "",
    source: row.word(3) ?? "",
    state: row.word(4) ?? "",
    achievementKey: row.uuid(5),
    sequence: row.number(6) ?? 0,
  }));
}

/** Balances of some people as they are kept, some at a time. */
export function copyBalances(sql: Sql | Transaction, scope: PersonScope): AsyncGenerator<Balance[]> {
  const select = `SELECT practitioner_id, platform, recognition, attributed_year, subject, pathway, hours_hundredths
    FROM projection.balance WHERE ${inScope(scope)}`;
  return copyRows(
    sql,
    select,
    (row) =>
      ({
        practitionerId: row.repeatedUuid(0),
        platform: row.word(1),
        recognition: row.word(2),
        attributedYear: row.number(3),
        subject: row.word(4),
        pathway: row.word(5),
        hoursHundredths: row.number(6),
      }) as Balance,
  );
}
