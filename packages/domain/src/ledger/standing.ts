import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import type { RecordState } from "./entry.ts";

/** How one record (or one refused or held row of it) should stand in its person's chain. */
export interface Standing {
  readonly practitionerId: string;
  readonly recordKey: string;
  /** MAIN_SLOT, or `held-` or `refused-` and the first 32 hex digits of the row's content digest. */
  readonly slot: string;
  readonly source: string;
  readonly recordId: string;
  readonly platform: string;
  readonly state: RecordState;
  readonly code: string | null;
  readonly hoursHundredths: number | null;
  readonly subject: Subject | null;
  readonly attributedYear: number | null;
  readonly obtainedOn: LocalDate | null;
  readonly pathway: string | null;
  readonly assessedOn: LocalDate | null;
  readonly title: string | null;
  readonly trace: string | null;
  readonly flags: string;
  readonly note: string | null;
  readonly sourceDigest: string;
  readonly updateTimeMs: number | null;
  /** Set where the same-achievement rule applies: state registered or duplicate, not exempt. */
  readonly achievementKey: string | null;
}

/** A standing that has been posted, with the sequence of its posting in the person's chain. */
export interface PostedStanding extends Standing {
  readonly sequence: number;
}
