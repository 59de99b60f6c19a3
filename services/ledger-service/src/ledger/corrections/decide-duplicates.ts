import {
  type DuplicateDecisionRow,
  readDuplicateDecisions,
  readDuplicatesAround,
  type Transaction,
  writeDuplicateDecisions,
} from "@xueshi/database";
import { contradictionAmong, MAIN_SLOT, type Standing } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import type { Deciding, Undeciding } from "./correction-context.ts";

/**
 * Keeps of each set of records whether they are one achievement. Throws `duplicates_not_standing` where no version of a
 * record stands, `duplicates_across_people` and `duplicates_across_authorities` where those of a set are of several people
 * or platforms of record, and `duplicates_contradict` where something decided that is in force says otherwise.
 * @param recordKeys some of the correction's records, with all that name the same people
 * @param derived how they stand by what is known, before this correction
 */
export async function decideDuplicates(
  tx: Transaction,
  recordKeys: readonly string[],
  derived: readonly Standing[],
  { correction, actor, nowMs }: Deciding,
): Promise<void> {
  const { correctionId: decisionId, kind, recordSets, reason, document } = correction;
  if (recordSets === null) return;
  const here = new Set(recordKeys);
  const sets = recordSets.filter((set) => set.some((recordKey) => here.has(recordKey))).map((set) => set.toSorted());
  const mains = derived.filter(({ slot }) => slot === MAIN_SLOT);
  const standings = new Map(mains.map((standing) => [standing.recordKey, standing]));
  for (const set of sets) refuseApart(set, here, standings);
  const earlier = await readDuplicatesAround(tx, recordKeys);
  const decidedAtMs = await timeAfter(tx, recordKeys, nowMs);
  const asked = sets.map((set) => ({ decisionId, decidedAtMs, kind, recordKeys: set }));
  if (contradictionAmong([...earlier, ...asked]) !== null) throw new HttpProblem("duplicates_contradict");
  const said = { undoes: null, reason, document, actor };
  const rowsOf = (one: (typeof asked)[number]): DuplicateDecisionRow[] =>
    one.recordKeys.map((recordKey) => ({ ...one, ...said, recordKey }));
  await writeDuplicateDecisions(tx, asked.flatMap(rowsOf));
}

/** Records of which a set is must stand, with one person, on one platform of record. */
function refuseApart(
  set: readonly string[],
  here: ReadonlySet<string>,
  standings: ReadonlyMap<string, Standing>,
): void {
  if (set.some((recordKey) => !here.has(recordKey))) throw new HttpProblem("duplicates_across_people");
  const standing = set.flatMap((recordKey) => standings.get(recordKey) ?? []);
  if (standing.length < set.length) throw new HttpProblem("duplicates_not_standing");
  const count = (field: "practitionerId" | "platform") => new Set(standing.map((one) => one[field])).size;
  if (count("practitionerId") > 1) throw new HttpProblem("duplicates_across_people");
  if (count("platform") > 1) throw new HttpProblem("duplicates_across_authorities");
}

/** Takes back what was decided of records as duplicates. */
export async function undecideDuplicates(
  tx: Transaction,
  recordKeys: readonly string[],
  { correction, actor, nowMs, undoId, reason }: Undeciding,
): Promise<void> {
  const kept = await readDuplicateDecisions(tx, recordKeys);
  const decidedAtMs = await timeAfter(tx, recordKeys, nowMs);
  const undo = { decidedAtMs, decisionId: undoId, undoes: correction.correctionId, reason, document: null, actor };
  const made = kept.filter(({ decisionId }) => decisionId === correction.correctionId);
  await writeDuplicateDecisions(
    tx,
    made.map((row): DuplicateDecisionRow => ({ ...row, ...undo })),
  );
}

/** What was decided later must not look older, whatever the clocks say. */
async function timeAfter(tx: Transaction, recordKeys: readonly string[], nowMs: number): Promise<number> {
  const kept = await readDuplicateDecisions(tx, recordKeys);
  return kept.reduce((latest, { decidedAtMs }) => Math.max(latest, decidedAtMs + 1), nowMs);
}
