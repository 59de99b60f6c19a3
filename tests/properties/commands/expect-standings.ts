import type { Entry } from "@xueshi/domain";
import { expect } from "vitest";
import { PEOPLE } from "../dense-rows.ts";
import { readLedger, type StoredLedger } from "../read-ledger.ts";
import { chainsOf, verifyLedger } from "../verify-ledger.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import type { ApartRow, MainRecord, Standings } from "./ledger-model.ts";
import { recordOf } from "./read-intake.ts";
import { chainHashes } from "./retell-chain.ts";

/** Once all is posted, records, balances and chains must be as the model says, and the ledger must keep its promises. */
export async function expectStandings(real: AuditedLedger, expected: Standings): Promise<void> {
  const ledger = await readLedger(real.owner);
  const people = PEOPLE.map(({ idNumber }) => real.practitionerIdOf(idNumber));
  expect(linesOf(ledger, people)).toEqual([...expected.main.map(mainLine), ...expected.apart.map(apartLine)].sort());
  expect(balanceLines(ledger, people)).toEqual(sumLines(expected.main));
  verifyLedger(ledger);
  for (const [practitionerId, chain] of chainsOf(ledger.entries)) {
    expect(
      chain.map(({ hash }) => hash),
      `the chain of ${practitionerId} as its fields tell it`,
    ).toEqual(chainHashes(chain));
  }
}

function line(owner: number, record: string, ...said: readonly (string | number | null)[]): string {
  return `person ${owner}: ${record} ${JSON.stringify(said)}`;
}

function mainLine(record: MainRecord): string {
  const { owner, state, revoked, hoursHundredths, subject, attributedYear, obtainedOn, title } = record;
  const code = state === "registered" ? null : (revoked ?? state);
  const platform = record.authority ?? record.platform;
  const said = [state, code, hoursHundredths ?? 0, subject, platform, attributedYear, obtainedOn, title];
  return line(owner, recordOf(record), ...said);
}

function apartLine({ record, owner, state, code, said }: ApartRow): string {
  if (said === null) return line(owner, record, state, code);
  return line(owner, record, state, code, said.hoursHundredths ?? 0, said.attributedYear, said.obtainedOn, said.title);
}

function linesOf(ledger: StoredLedger, people: readonly string[]): string[] {
  const chains = chainsOf(ledger.entries);
  const lines = ledger.states.map(({ practitionerId, sequence, slot }) => {
    const entry = chains.get(practitionerId)?.[sequence - 1];
    if (entry === undefined) throw new Error("a state has its entry");
    return entryLine(people.indexOf(practitionerId), slot, entry);
  });
  return lines.sort();
}

function entryLine(owner: number, slot: string, entry: Entry): string {
  const { state, code, hoursHundredths, subject, platform, attributedYear, obtainedOn, title } = entry;
  const record = `${entry.source}/${entry.recordId}`;
  if (state === "refused") return line(owner, record, state, code);
  if (slot !== "") return line(owner, record, state, code, hoursHundredths ?? 0, attributedYear, obtainedOn, title);
  return line(owner, record, state, code, hoursHundredths ?? 0, subject, platform, attributedYear, obtainedOn, title);
}

/** Sums of what counts by person, platform of record, year and subject; none where it is nothing. */
function sumLines(records: readonly MainRecord[]): string[] {
  const sums = new Map<string, number>();
  for (const record of records) {
    if (record.state !== "registered") continue;
    const key = [record.owner, record.authority ?? record.platform, record.attributedYear, record.subject].join("/");
    sums.set(key, (sums.get(key) ?? 0) + (record.hoursHundredths ?? 0));
  }
  return [...sums].flatMap(([key, sum]) => (sum === 0 ? [] : [`${key} = ${sum}`])).sort();
}

function balanceLines(ledger: StoredLedger, people: readonly string[]): string[] {
  const lines = ledger.balances.flatMap(({ key, hoursHundredths }) => {
    const [practitionerId = "", platform, , year, subject] = key.split("/");
    if (hoursHundredths === 0) return [];
    return [`${[people.indexOf(practitionerId), platform, year, subject].join("/")} = ${hoursHundredths}`];
  });
  return lines.sort();
}
