import {
  CORRECTION_STATE_TEXTS,
  type CorrectionRecordsResponse,
  type CorrectionResponse,
  type DuplicateDecisionResponse,
  formatInstant,
  type Language,
} from "@xueshi/contracts";
import type { CorrectionRecordRow, CorrectionRow, SeenStanding } from "@xueshi/database";
import { hoursToNumber } from "@xueshi/domain";
import type { CorrectionContext } from "./correction-context.ts";
import type { CorrectionFile } from "./read-file.ts";

/** A correction of records as JSON. */
export function presentCorrection(
  file: CorrectionFile,
  context: Pick<CorrectionContext, "fourEyes">,
  language: Language,
): CorrectionResponse {
  const { correctionId, kind, recordSets, filter } = file.correction;
  if (recordSets !== null) throw new Error("a decision about duplicates is no correction of records");
  return {
    ...{ correctionId, kind, ...presentProgress(file, context, language) },
    filter: filter === null ? null : (filter as Record<string, string | number>),
    changes: presentChanges(file.correction),
  };
}

/** A decision about duplicates as JSON. */
export function presentDuplicateDecision(
  file: CorrectionFile,
  context: Pick<CorrectionContext, "fourEyes">,
  language: Language,
): DuplicateDecisionResponse {
  const { correctionId: decisionId, kind, recordSets } = file.correction;
  if (recordSets === null) throw new Error("a correction of records is no decision about duplicates");
  const progress = presentProgress(file, context, language);
  return { decisionId, kind, recordSets: recordSets.map((set) => [...set]), ...progress };
}

function presentProgress(
  { correction, steps, state, seen }: CorrectionFile,
  { fourEyes }: Pick<CorrectionContext, "fourEyes">,
  language: Language,
) {
  const { kind, reason, document } = correction;
  const { hours, erased = 0, ...sums } = seen.preview;
  return {
    ...{ state, message: CORRECTION_STATE_TEXTS[state].message[language], reason, document },
    needsSecondHolder: fourEyes.has(kind),
    preview: {
      ...{ ...sums, erased },
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
