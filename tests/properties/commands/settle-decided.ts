import { reduceTitle } from "../../oracle/values.ts";
import type { DuplicateStatement, MainRecord } from "./ledger-model.ts";
import { recordOf } from "./read-intake.ts";

/** Where records compete: of one person, for one platform of record. */
function placeOf({ owner, authority, platform }: MainRecord): string {
  return `${owner}/${authority ?? platform}`;
}

/** Everything that statements make the same as a record, itself too, whether it stands or not. */
function sameAs(record: string, statements: readonly DuplicateStatement[]): Set<string> {
  const reached = new Set([record]);
  for (let size = 0; size < reached.size; ) {
    size = reached.size;
    for (const { kind, records } of statements) {
      if (kind !== "same" || !records.some((one) => reached.has(one))) continue;
      for (const one of records) reached.add(one);
    }
  }
  return reached;
}

/** Whether some statements cannot all be true of their records. */
export function isContradiction(statements: readonly DuplicateStatement[]): boolean {
  return statements.some(({ kind, records }) => {
    if (kind !== "distinct") return false;
    return records.some((one) => records.some((other) => one !== other && sameAs(one, statements).has(other)));
  });
}

/** As rule 3 has it, and above it what operators say: of what is one achievement only the first in rank is registered. */
export function settleDecided(
  main: readonly MainRecord[],
  besides: ReadonlySet<string>,
  statements: readonly DuplicateStatement[],
): MainRecord[] {
  const ranked = main
    .filter(({ state }) => state === "registered")
    .sort(
      (left, right) =>
        (right.hoursHundredths ?? 0) - (left.hoursHundredths ?? 0) ||
        textOrder(left.recordId, right.recordId) ||
        textOrder(left.platform, right.platform),
    );
  const labels = new Map<MainRecord, string>();
  for (const record of ranked) {
    const name = recordOf(record);
    labels.set(record, `${placeOf(record)} ${[...sameAs(name, statements)].sort()[0]}`);
  }
  for (const [at, record] of ranked.entries()) {
    if (besides.has(recordOf(record))) continue;
    const earlier = ranked.slice(0, at).filter((one) => !besides.has(recordOf(one)) && isSameByRule(one, record));
    const joined = earlier.find((one) => mayBeOne(one, record, labels, statements));
    const [from, to] = [labels.get(record), joined === undefined ? undefined : labels.get(joined)];
    if (to === undefined) continue;
    for (const [one, label] of labels) if (label === from) labels.set(one, to);
  }
  const counting = new Set<string>();
  const losers = new Set<MainRecord>();
  for (const record of ranked) {
    const label = labels.get(record) ?? "";
    if (counting.has(label)) losers.add(record);
    counting.add(label);
  }
  return main.map((record) => (losers.has(record) ? { ...record, state: "duplicate" } : record));
}

function isSameByRule(left: MainRecord, right: MainRecord): boolean {
  const told = (one: MainRecord) => JSON.stringify([placeOf(one), one.subject, one.obtainedOn, reduceTitle(one.title)]);
  return told(left) === told(right);
}

/** Whether nobody says of two of what goes with the one and with the other that they are distinct. */
function mayBeOne(
  left: MainRecord,
  right: MainRecord,
  labels: ReadonlyMap<MainRecord, string>,
  statements: readonly DuplicateStatement[],
): boolean {
  const with_ = (record: MainRecord) =>
    [...labels].flatMap(([one, label]) => (label === labels.get(record) ? [recordOf(one)] : []));
  if (labels.get(left) === labels.get(right)) return true;
  const [ofLeft, ofRight] = [with_(left), with_(right)];
  return !statements.some(
    ({ kind, records }) =>
      kind === "distinct" &&
      ofLeft.some((one) => records.includes(one)) &&
      ofRight.some((one) => records.includes(one)),
  );
}

function textOrder(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
