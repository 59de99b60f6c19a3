import { connect } from "@xueshi/database";
import { MAIN_SLOT } from "@xueshi/domain";
import { expect } from "vitest";
import type { Settled } from "../oracle/index.ts";
import { readLedger, type StoredLedger } from "../properties/read-ledger.ts";
import { chainsOf, verifyLedger } from "../properties/verify-ledger.ts";

/**
 * What a ledger must be after any fault: every chain verifies, every cache is what the entries say, each posting is whole,
 * and each record stands once and where the rules put it.
 */
export async function expectLedger(url: string, settled: Settled): Promise<void> {
  const sql = connect({ url, connectionsMax: 2, applicationName: "test" });
  try {
    const ledger = await readLedger(sql);
    verifyLedger(ledger);
    expect(standingsOf(ledger)).toEqual(expectedStandings(settled));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** By source and record id: state, hours, subject, year, date and title; of a record that is only held, the state. */
function standingsOf(ledger: StoredLedger): Map<string, string> {
  const chains = chainsOf(ledger.entries);
  const main = new Map<string, string>();
  const held = new Set<string>();
  for (const { practitionerId, sequence, slot } of ledger.states) {
    const entry = chains.get(practitionerId)?.[sequence - 1];
    if (entry === undefined || entry.state === "refused") continue;
    const key = `${entry.source}/${entry.recordId}`;
    if (slot !== MAIN_SLOT) {
      held.add(key);
      continue;
    }
    expect(main.has(key), `${key} stands twice`).toBe(false);
    const { state, hoursHundredths, subject, attributedYear, obtainedOn, title } = entry;
    main.set(key, describe(state, [hoursHundredths, subject, attributedYear, obtainedOn, title]));
  }
  for (const key of held) if (!main.has(key)) main.set(key, "held");
  return inOrder(main);
}

function expectedStandings(settled: Settled): Map<string, string> {
  const standings = new Map<string, string>();
  for (const records of settled.values()) {
    for (const { platform, recordId, ...record } of records.values()) {
      const { state, hoursHundredths, subject, attributedYear, obtainedOn, title } = record;
      // Hours of 0 can only be those of a withdrawn record that nobody could read.
      const facts = [hoursHundredths === 0 ? null : hoursHundredths, subject, attributedYear, obtainedOn, title];
      standings.set(`${platform}/${recordId}`, describe(state, facts));
    }
  }
  return inOrder(standings);
}

const describe = (state: string | null, facts: readonly unknown[]) =>
  state === "held" ? "held" : JSON.stringify([state, ...facts]);

const inOrder = (standings: ReadonlyMap<string, string>) =>
  new Map([...standings].sort(([left], [right]) => (left < right ? -1 : 1)));
