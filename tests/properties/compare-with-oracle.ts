import { readLedgerCounts, summariseRows } from "@xueshi/database";
import { type Entry, MAIN_SLOT, type Verdict } from "@xueshi/domain";
import { expect } from "vitest";
import {
  type Answer,
  answerer,
  type Declaration,
  type Feeds,
  type OperatorDecision,
  type SettledRecord,
  settle,
  summary,
} from "../oracle/index.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import { readLedger, type StoredLedger } from "./read-ledger.ts";
import { chainsOf, verifyLedger } from "./verify-ledger.ts";

/** Everything that was sent, as the rules see it. */
export interface Sent {
  readonly feeds: Feeds;
  readonly decisions: readonly OperatorDecision[];
  readonly declarations: readonly Declaration[];
}

/** Once everything is posted, the ledger must stand as the oracle says, and its own promises must hold. */
export async function expectLedgerAsOracle(world: LedgerWorld, sent: Sent): Promise<void> {
  const ledger = await readLedger(world.owner);
  verifyLedger(ledger);
  const expected = expectedRecords(world, sent);
  expect(readRecords(ledger, expected)).toEqual(expected);
  expect(await countStates(world)).toEqual(expectedCounts(sent));
  const answerTo = answerer(sent.feeds, sent.decisions);
  for (const declaration of sent.declarations) {
    expect(shortAnswer(await world.answer(declaration))).toEqual(answerTo(declaration));
  }
}

/** Rows by outcome; only where each platform's rows arrived in order of update time. */
export async function expectRowsAsOracle(world: LedgerWorld, sent: Sent): Promise<void> {
  const counted = await summariseRows(world.ingestion.sql);
  const rows = Object.entries(summary(sent.feeds)).map(([platform, counts]) => [platform, counts.rows]);
  const withRows = rows.filter(([, counts]) => Object.keys(counts ?? {}).length > 0);
  expect(Object.fromEntries([...counted].map(([source, ended]) => [source, Object.fromEntries(ended)]))).toEqual(
    Object.fromEntries(withRows),
  );
}

/** A verdict as the expected answers put it: gaps in hours, none where no requirement was evaluated. */
export function shortAnswer(verdict: Verdict): Answer {
  return {
    verdict: verdict.verdict,
    reason: (verdict.verdict === "unknown" ? (verdict.reasons[0]?.code ?? null) : null) as Answer["reason"],
    gaps: Object.fromEntries(verdict.requirements.map(({ rule, gapHundredths }) => [rule.id, gapHundredths / 100])),
  };
}

/** How one record stands, in a form that both sides can be put into. Hours of 0 are unreadable hours. */
type Comparable = Readonly<Record<string, string | number | null>>;

function comparable(
  practitionerId: string,
  platform: string,
  record: Pick<SettledRecord, "state" | "hoursHundredths" | "subject" | "obtainedOn" | "title">,
  attributedYear: number | null,
): Comparable {
  return {
    practitionerId,
    platform,
    state: record.state,
    hoursHundredths: record.hoursHundredths ?? 0,
    subject: record.subject,
    attributedYear: Number.isNaN(attributedYear) ? null : attributedYear,
    obtainedOn: record.obtainedOn,
    title: record.title,
  };
}

function expectedRecords(world: LedgerWorld, sent: Sent): Map<string, Comparable> {
  const records = new Map<string, Comparable>();
  for (const ofSource of settle(sent.feeds, sent.decisions).values()) {
    for (const record of ofSource.values()) {
      const practitionerId = world.practitionerIdOf(record.personId);
      const platform = record.authority ?? record.platform;
      const key = `${record.platform}/${record.recordId}`;
      records.set(key, comparable(practitionerId, platform, record, record.attributedYear));
    }
  }
  return records;
}

/** The main standing of each record; of one that has only held rows, the row that the oracle takes for it. */
function readRecords(ledger: StoredLedger, expected: ReadonlyMap<string, Comparable>): Map<string, Comparable> {
  const chains = chainsOf(ledger.entries);
  const records = new Map<string, Comparable>();
  const held: [string, Comparable][] = [];
  for (const state of ledger.states) {
    const entry = chains.get(state.practitionerId)?.[state.sequence - 1];
    if (entry === undefined || entry.state === "refused") continue;
    const key = `${entry.source}/${entry.recordId}`;
    const standing = fromEntry(entry);
    if (state.slot !== MAIN_SLOT) held.push([key, standing]);
    else {
      expect(records.has(key), `${key} stands twice`).toBe(false);
      records.set(key, standing);
    }
  }
  const mainKeys = new Set(records.keys());
  for (const [key, standing] of held) {
    if (mainKeys.has(key)) continue;
    const isExpected = JSON.stringify(standing) === JSON.stringify(expected.get(key));
    if (isExpected || !records.has(key)) records.set(key, standing);
  }
  return new Map([...expected.keys(), ...records.keys()].flatMap((key) => toPair(key, records.get(key))));
}

function toPair(key: string, standing: Comparable | undefined): [string, Comparable][] {
  return standing === undefined ? [] : [[key, standing]];
}

function fromEntry(entry: Entry): Comparable {
  const { practitionerId, platform, state, hoursHundredths, subject, attributedYear, obtainedOn, title } = entry;
  const record = { state, hoursHundredths, subject, obtainedOn: obtainedOn ?? "", title: title ?? "" };
  return comparable(practitionerId, platform ?? "", record as SettledRecord, attributedYear);
}

async function countStates(world: LedgerWorld): Promise<Record<string, number>> {
  const counts = await readLedgerCounts(world.owner);
  return Object.fromEntries(counts.records.map(({ source, state, count }) => [`${source}/${state}`, count]));
}

function expectedCounts(sent: Sent): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [platform, { records }] of Object.entries(summary(sent.feeds, sent.decisions))) {
    for (const [state, count] of Object.entries(records)) counts[`${platform}/${state}`] = count;
  }
  return counts;
}
