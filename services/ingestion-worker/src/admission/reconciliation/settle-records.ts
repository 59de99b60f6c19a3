import { type NewestArrival, readDecisionsInForce, readNewestArrivals } from "@xueshi/database";
import {
  type ArrivedLine,
  decisionOfContent,
  isCorrected,
  type RecordLine,
  type RecordState,
  type RowDecision,
  recordKeyOf,
  type Settlement,
  settleDifference,
} from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { askRecords, ID_SEPARATOR, IDS_PER_QUESTION } from "../../acquisition/ask-reconciliation.ts";
import { ComparisonFault, type ComparisonWork } from "./comparison-work.ts";
import { readStates } from "./read-states.ts";
import { readRefusedContents } from "./refused-lines.ts";

/** A record that the two sides did not say alike, and what came of looking at both once more. */
export interface SettledRecord {
  readonly recordId: string;
  readonly recordKey: string;
  readonly settlement: Settlement;
  readonly there: RecordLine | null;
  /** What became of it here; null: it is not here, or is not posted yet. */
  readonly state: RecordState | "refused" | null;
}

interface OwnRecord {
  readonly rows: readonly ArrivedLine[];
  readonly state: SettledRecord["state"];
}

const KEYS_PER_STATEMENT = 1_000;
const NOT_HERE: OwnRecord = { rows: [], state: null };

/**
 * Settles records by how both sides have them now, on whatever day.
 * @param open by record id, the platform's line where a day lists one
 */
export async function settleRecords(
  work: ComparisonWork,
  open: ReadonlyMap<string, RecordLine | null>,
): Promise<SettledRecord[]> {
  const unlisted = [...open].flatMap(([recordId, line]) => {
    return line === null && !recordId.includes(ID_SEPARATOR) ? [recordId] : [];
  });
  const asked = new Map<string, RecordLine>();
  for (const ids of inParts(unlisted, IDS_PER_QUESTION)) {
    const answer = await askRecords(work.client, ids);
    if (answer.kind === "fault") throw new ComparisonFault(answer.reason);
    for (const [recordId, line] of answer.value) asked.set(recordId, line);
  }
  const settled: SettledRecord[] = [];
  for (const part of inParts([...open], KEYS_PER_STATEMENT)) {
    // Read after the platform was asked: what a pull brings meanwhile is here then.
    const own = await readOwn(
      work,
      part.map(([recordId]) => recordId),
    );
    for (const [recordId, line] of part) {
      const there = line ?? asked.get(recordId) ?? null;
      const { rows, state } = own.get(recordId) ?? NOT_HERE;
      const recordKey = keyOf(work, recordId);
      settled.push({ recordId, recordKey, there, state, settlement: settleDifference(rows, there, work.dueBeforeMs) });
    }
  }
  return settled;
}

function keyOf({ platform }: ComparisonWork, recordId: string): string {
  return recordKeyOf(sha256Hex, platform.name, recordId);
}

/** How records last arrived here, by record id, with what became of them. */
async function readOwn(work: ComparisonWork, recordIds: readonly string[]): Promise<ReadonlyMap<string, OwnRecord>> {
  const { context, platform } = work;
  const idOf = new Map(recordIds.map((recordId) => [keyOf(work, recordId), recordId]));
  const newest = await readNewestArrivals(context.sql, [...idOf.keys()], true);
  const rows = [...newest.values()].flat();
  const contents = await readRefusedContents(
    context,
    platform,
    rows.flatMap((row) => (row.kind === "refused" ? [row] : [])),
  );
  const states = await readStates(context, [...newest.keys()]);
  const decisions = await readDecisionsInForce(context.sql, [...newest.keys()]);
  const own = new Map<string, OwnRecord>();
  for (const [recordKey, arrivals] of newest) {
    const lines = arrivals.map((row): ArrivedLine => {
      const { recordId, updateTimeMs } = row;
      const content = row.kind === "version" ? row.content : (contents.get(row.contentDigest) ?? null);
      return { recordId, updateTimeMs, content };
    });
    const isRefused = isRefusedHere(arrivals[0], decisions.get(recordKey) ?? []);
    own.set(idOf.get(recordKey) ?? "", { rows: lines, state: isRefused ? "refused" : (states.get(recordKey) ?? null) });
  }
  return own;
}

/** Refused when it came and not corrected, or refused by an operator. */
function isRefusedHere(arrival: NewestArrival | undefined, decisions: readonly RowDecision[]): boolean {
  if (arrival === undefined) return false;
  if (arrival.kind === "refused") return !isCorrected(arrival, decisions);
  return decisionOfContent(arrival.contentDigest, decisions)?.kind === "refuse";
}

function* inParts<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
