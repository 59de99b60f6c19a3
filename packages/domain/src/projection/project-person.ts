import { isTombstone } from "../ledger/append-entries.ts";
import { MAIN_SLOT, type ProjectableEntry } from "../ledger/entry.ts";
import { GENESIS_HASH } from "../ledger/entry-hash.ts";
import type { PersonProjection, ProjectedRecord } from "./projected-record.ts";

/**
 * Folds a person's entries (ascending sequence, from the first to the cut) into how each record stands there.
 * A reversal takes back exactly the posting it names; what is left of the postings is what stands.
 */
export function projectPerson(entries: readonly ProjectableEntry[]): PersonProjection {
  const standing = new Map<number, ProjectedRecord>();
  let nameDigest: string | null = null;
  let isErased = false;
  for (const entry of entries) {
    if (entry.kind === "identity") {
      nameDigest = entry.nameDigest;
      isErased = isTombstone(entry);
    } else if (entry.kind === "reversal") standing.delete(entry.reverses ?? 0);
    else standing.set(entry.sequence, projectedRecord(entry));
  }
  const last = entries.at(-1);
  return {
    records: [...standing.values()],
    nameDigest,
    sequence: last?.sequence ?? 0,
    head: last?.hash ?? GENESIS_HASH,
    ...(isErased ? { isErased } : {}),
  };
}

function projectedRecord(entry: ProjectableEntry): ProjectedRecord {
  return {
    recordKey: entry.recordKey ?? "",
    slot: entry.slot ?? MAIN_SLOT,
    recordId: entry.recordId ?? "",
    source: entry.source ?? "",
    platform: entry.platform ?? "",
    state: entry.state ?? "held",
    code: entry.code,
    hoursHundredths: entry.hoursHundredths,
    subject: entry.subject,
    attributedYear: entry.attributedYear,
    obtainedOn: entry.obtainedOn,
    pathway: entry.pathway,
    recognition: entry.recognition,
    assessedOn: entry.assessedOn,
    flags: entry.flags,
    updateTimeMs: entry.updateTimeMs,
  };
}
