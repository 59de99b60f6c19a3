import { type Entry, hoursToNumber } from "@xueshi/domain";
import type { EntriesResponse } from "../schemas/person.ts";
import { formatInstant } from "./format-instant.ts";
import { presentFlags } from "./present-verdict.ts";

/** An entry of a person's chain as JSON; digests of names and of contents stay inside. */
export function presentEntry(entry: Entry): EntriesResponse["entries"][number] {
  return {
    sequence: entry.sequence,
    kind: entry.kind,
    reverses: entry.reverses,
    recordId: entry.recordId,
    source: entry.source,
    platform: entry.platform,
    state: entry.state,
    code: entry.code,
    hours: entry.hoursHundredths === null ? null : hoursToNumber(entry.hoursHundredths),
    subject: entry.subject,
    year: entry.attributedYear,
    obtainedOn: entry.obtainedOn,
    pathway: entry.pathway,
    assessedOn: entry.assessedOn,
    recognition: entry.recognition,
    title: entry.title,
    trace: entry.trace,
    flags: presentFlags(entry.flags),
    reason: entry.reason,
    actor: entry.actor,
    recordedAt: formatInstant(entry.recordedAtMs),
    postingId: entry.postingId,
    hash: entry.hash,
  };
}
