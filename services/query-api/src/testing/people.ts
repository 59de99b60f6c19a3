import { addToBalances, lockHeads, type Sql, writeEntries, writeHeads } from "@xueshi/database";
import {
  AS_REGISTERED,
  appendEntries,
  balancesOf,
  type EntryBody,
  emptyHead,
  identityEntry,
  type LocalDate,
  MAIN_SLOT,
  type RecordState,
  residentIdCheckCharacter,
  type Subject,
} from "@xueshi/domain";
import { sha256Suite } from "@xueshi/vault";

/** A fictional person: the area code 330899 is assigned to no county. */
export interface Person {
  readonly idNumber: string;
  readonly name: string;
}

/** The nth fictional person. */
export function person(index: number): Person {
  const first17 = `33089919800101${String(index).padStart(3, "0")}`;
  return { idNumber: first17 + residentIdCheckCharacter(first17), name: `试${String.fromCodePoint(0x4e00 + index)}` };
}

/** What a test says of a record; everything else is plain. */
export interface TestRecord {
  readonly id: string;
  readonly hours: number | null;
  readonly subject?: Subject | null;
  readonly year?: number | null;
  readonly on?: string | null;
  readonly platform?: string;
  readonly state?: RecordState;
  readonly code?: string | null;
}

/** The posting of a record, as the ledger writes one. */
export function posting(record: TestRecord): EntryBody {
  const platform = record.platform ?? "quzhou-city";
  const state = record.state ?? "registered";
  const code = record.code ?? (state === "registered" ? null : state);
  return {
    kind: "posting",
    reverses: null,
    recordKey: recordKey(record.id),
    slot: MAIN_SLOT,
    source: platform,
    recordId: record.id,
    platform,
    state,
    code,
    hoursHundredths: record.hours === null ? null : Math.round(record.hours * 100),
    subject: record.subject === undefined ? "professional" : record.subject,
    attributedYear: record.year === undefined ? 2020 : record.year,
    obtainedOn: (record.on === undefined ? "2020-03-02" : record.on) as LocalDate | null,
    pathway: null,
    assessedOn: null,
    recognition: AS_REGISTERED,
    title: "课程",
    trace: "catalogue:1=3=professional",
    flags: "",
    sourceDigest: "0".repeat(64),
    updateTimeMs: Date.parse("2020-04-01T00:00:00Z"),
    reason: "posted",
    actor: "ledger-service",
    note: null,
    nameDigest: null,
  };
}

/** The reversal of what was posted under a sequence. */
export function reversal(record: TestRecord, sequence: number): EntryBody {
  const body = posting(record);
  const hours = body.hoursHundredths;
  return { ...body, kind: "reversal", reverses: sequence, hoursHundredths: hours === null ? null : -hours };
}

/** By which name the person is known. */
export const named = (nameDigest: string): EntryBody => identityEntry(nameDigest, "ledger-service");

/** Appends to a person's chain as the ledger does: entries, head and balances in one transaction. */
export async function post(
  sql: Sql,
  practitionerId: string,
  bodies: readonly EntryBody[],
  recordedAtMs: number,
): Promise<void> {
  await sql.begin(async (tx) => {
    const head = (await lockHeads(tx, [practitionerId])).get(practitionerId) ?? emptyHead(practitionerId);
    const postingId = "77777777-7777-7777-8777-777777777777";
    const appended = appendEntries(head, bodies, postingId, recordedAtMs, sha256Suite);
    await writeEntries(tx, appended.entries);
    await writeHeads(tx, [appended.head]);
    await addToBalances(tx, balancesOf(appended.entries));
  });
}

export function recordKey(recordId: string): string {
  const digest = sha256Suite.text(recordId);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
