import { MAIN_SLOT } from "../ledger/entry.ts";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { type LocalDate, yearOf } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";

/** Hours that nobody has registered: what would be if there were. They are never stored. */
export interface HypotheticalHours {
  readonly hoursHundredths: number;
  readonly subject: Subject;
  readonly obtainedOn: LocalDate;
  /** The year of `obtainedOn` where null. */
  readonly attributedYear: number | null;
  readonly pathway: string | null;
  readonly assessedOn: LocalDate | null;
}

/** The source that hypothetical hours are listed under. */
const HYPOTHETICAL_SOURCE = "hypothetical";

/** Hypothetical hours as registered records of a platform of record; `index` tells them apart. */
export function hypotheticalRecord(
  hours: HypotheticalHours,
  index: number,
  platform: string,
  recognition: string,
): ProjectedRecord {
  const recordId = `${HYPOTHETICAL_SOURCE}-${index + 1}`;
  return {
    recordKey: recordId,
    slot: MAIN_SLOT,
    recordId,
    source: HYPOTHETICAL_SOURCE,
    platform,
    state: "registered",
    code: null,
    hoursHundredths: hours.hoursHundredths,
    subject: hours.subject,
    attributedYear: hours.attributedYear ?? yearOf(hours.obtainedOn),
    obtainedOn: hours.obtainedOn,
    pathway: hours.pathway,
    recognition,
    assessedOn: hours.assessedOn,
    flags: "",
    updateTimeMs: null,
  };
}
