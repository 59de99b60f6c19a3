import {
  CORRECTION_STATE_TEXTS,
  type CorrectionRecordsResponse,
  type CorrectionResponse,
  formatInstant,
  type Language,
} from "@xueshi/contracts";
import type { CorrectionRecordRow, CorrectionRow, SeenStanding } from "@xueshi/database";
import { hoursToNumber } from "@xueshi/domain";
import type { CorrectionContext } from "./correction-context.ts";
import type { CorrectionFile } from "./read-file.ts";

/** A correction as JSON. */
export function presentCorrection(
  { correction, steps, state, seen }: CorrectionFile,
  { fourEyes }: Pick<CorrectionContext, "fourEyes">,
  language: Language,
): CorrectionResponse {
  const { correctionId, kind, reason, document, filter } = correction;
  const { hours, ...sums } = seen.preview;
  return {
    ...{ correctionId, kind, state, message: CORRECTION_STATE_TEXTS[state].message[language], reason, document },
    filter: filter === null ? null : (filter as Record<string, string | number>),
    changes: presentChanges(correction),
    needsSecondHolder: fourEyes.has(kind),
    preview: {
      ...sums,
      hours: hours.map(({ hundredths, ...of }) => ({ ...of, hours: hoursToNumber(hundredths) })),
      states: [...sums.states],
      seenAt: formatInstant(seen.takenAtMs),
    },
    steps: steps.map((one) => ({
      step: one.kind,
      actor: one.actor,
      at: formatInstant(one.takenAtMs),
      reason: one.reason,
      postingIds: [...(one.postingIds ?? [])],
    })),
  };
}

function presentChanges({ changes }: CorrectionRow): CorrectionResponse["changes"] {
  if (changes === null) return null;
  const { hoursHundredths, attributedYear, ...rest } = changes;
  return {
    ...(typeof hoursHundredths === "number" ? { hours: hoursToNumber(hoursHundredths) } : {}),
    ...(attributedYear === undefined ? {} : { year: attributedYear }),
    ...(rest as Record<string, string | null>),
  };
}

/** A record of a preview as JSON. */
export function presentRecord(row: CorrectionRecordRow): CorrectionRecordsResponse["records"][number] {
  const { recordKey, source, recordId, outcome, before, after } = row;
  return { recordKey, source, recordId, outcome, before: presentStanding(before), after: presentStanding(after) };
}

function presentStanding(seen: SeenStanding | null): CorrectionRecordsResponse["records"][number]["before"] {
  if (seen === null) return null;
  const { hoursHundredths, ...rest } = seen;
  return { ...rest, hours: hoursHundredths === null ? null : hoursToNumber(hoursHundredths) };
}
