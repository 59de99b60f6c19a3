import {
  type Ownership,
  readActivationCount,
  readCatalogues,
  readCorrectionsInForce,
  readDecisions,
  readDecisionsInForce,
  readDuplicatesAround,
  readErased,
  readKnownNames,
  readOwnerships,
  readPersonExtras,
  readRecordExtras,
  readRefusals,
  readVersions,
  type Transaction,
} from "@xueshi/database";
import {
  type DecisionInForce,
  type DuplicateDecision,
  type Head,
  isHeldAsImplausible,
  type PostedStanding,
  type RecordCorrection,
  type RecordHistory,
  type RecordVersion,
  type RefusedRow,
  type RowDecision,
  type Standing,
} from "@xueshi/domain";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import { createDerivation, type KnownOfRecords } from "./derive-histories.ts";
import { inSlices } from "./in-slices.ts";
import type { PostingContext } from "./posting-context.ts";
import { readStanding } from "./read-standing.ts";

/** Thrown when records turn out to belong to people whose heads are not locked; the caller locks them too. */
export class PeopleNotLocked extends Error {
  readonly practitionerIds: readonly string[];
  constructor(practitionerIds: readonly string[]) {
    super("records belong to people who are not locked");
    this.practitionerIds = practitionerIds;
  }
}

/** Thrown when more rule sets were activated than those that a posting began with; the caller takes the new ones. */
export class RulesChanged extends Error {
  readonly activations: number;
  constructor(activations: number) {
    super("rule sets were activated meanwhile");
    this.activations = activations;
  }
}

export interface Changes {
  readonly derived: readonly Standing[];
  readonly posted: readonly PostedStanding[];
  readonly rivals: readonly PostedStanding[];
  /** What operators decided of any of these records as duplicates, in force. */
  readonly duplicates: readonly DuplicateDecision[];
  readonly nameDigests: ReadonlyMap<string, string>;
  /** People who were erased: their chains are closed, so nothing is derived or posted of them. */
  readonly erased: ReadonlySet<string>;
}

const NOTHING_DECIDED: ReadonlyMap<string, DecisionInForce> = new Map();
const NOTHING_CORRECTED: ReadonlyMap<string, readonly RecordCorrection[]> = new Map();
const NOBODY_MERGED: ReadonlyMap<string, Ownership> = new Map();
const NOBODY: ReadonlySet<string> = new Set();

/**
 * Reads, under the heads' locks, how records should stand and how they stand. Every statement runs after the locks, so it
 * sees whatever an earlier holder of them committed: also that rules changed, if that holder knew it.
 * @param locked the heads, when the locks are there; null: nobody is known to be new, and everything is looked up
 * @throws PeopleNotLocked, RulesChanged
 */
export async function readChanges(
  tx: Transaction,
  recordKeys: readonly string[],
  practitionerIds: readonly string[],
  rules: RulesInForce,
  context: Pick<PostingContext, "sha256Hex" | "sources" | "nameVariants">,
  locked: Promise<ReadonlyMap<string, Head>> | null = null,
): Promise<Changes> {
  // Versions first: who sees of them what an erasure changed sees the tombstone, too, which is asked for after them.
  const [versions, knownNames, catalogues, activations, ofRecords, ofPeople] = await Promise.all([
    readVersions(tx, recordKeys),
    readKnownNames(tx, practitionerIds),
    readCatalogues(tx),
    readActivationCount(tx),
    readRecordExtras(tx, recordKeys),
    readPersonExtras(tx, practitionerIds),
  ]);
  if (activations !== rules.activations) throw new RulesChanged(activations);
  const [refusals, decisions, corrections, decided, ownerships, erased] = await Promise.all([
    ofRecords.hasRefusals ? readRefusals(tx, recordKeys) : [],
    ofRecords.hasDecisions ? readDecisions(tx, recordKeys) : NOTHING_DECIDED,
    ofRecords.hasCorrections ? readCorrectionsInForce(tx, recordKeys) : NOTHING_CORRECTED,
    ofRecords.hasDuplicates ? readDuplicatesAround(tx, recordKeys) : [],
    ofPeople.hasMerges ? readOwnerships(tx, practitionerIds) : NOBODY_MERGED,
    ofPeople.hasErasures ? readErased(tx, practitionerIds) : NOBODY,
  ]);
  refuseUnlocked([...versions, ...refusals], practitionerIds, ownerships);
  const rowDecisions = await readDecisionsInForce(tx, recordsToAskAbout(versions, refusals));

  const derive = createDerivation(rules, catalogues, context);
  const histories = groupByRecord(recordKeys, versions, refusals, { rowDecisions, corrections });
  const known: KnownOfRecords = {
    knownNames: (practitionerId) => knownNames.get(practitionerId),
    ownerOf: (practitionerId) => ownerships.get(practitionerId)?.into ?? practitionerId,
    decisionOf: (recordKey) => decisions.get(recordKey) ?? null,
  };
  const derived: Standing[] = [];
  for await (const some of inSlices(histories.values())) derived.push(...derive(some, known));
  const heads = await locked;
  const isNew = (practitionerId: string) => heads?.get(practitionerId)?.sequence === 0;
  const around = { histories, derived, ownerships, duplicates: decided, isNew };
  const { posted, rivals, duplicates } = await readStanding(tx, around);
  const isOpen = ({ practitionerId }: Pick<Standing, "practitionerId">) => !erased.has(practitionerId);
  const names = [...knownNames].filter(([practitionerId]) => !erased.has(practitionerId));
  return {
    ...{ derived: derived.filter(isOpen), posted: posted.filter(isOpen), rivals: rivals.filter(isOpen), erased },
    ...{
      duplicates,
      nameDigests: new Map(names.map(([practitionerId, { nameDigest }]) => [practitionerId, nameDigest])),
    },
  };
}

/** Everybody whom a row names must be locked, and everybody in whose chain it may stand. */
function refuseUnlocked(
  rows: readonly Pick<RefusedRow, "practitionerId">[],
  practitionerIds: readonly string[],
  ownerships: ReadonlyMap<string, Ownership>,
): void {
  const locked = new Set(practitionerIds);
  const missing = new Set<string>();
  for (const { practitionerId } of rows) {
    if (practitionerId === null) continue;
    for (const person of [practitionerId, ...(ownerships.get(practitionerId)?.ever ?? [])]) {
      if (!locked.has(person)) missing.add(person);
    }
  }
  if (missing.size > 0) throw new PeopleNotLocked([...missing]);
}

/** Records of which a decision could change how they stand; nearly always there are none. */
function recordsToAskAbout(versions: readonly RecordVersion[], refusals: readonly RefusedRow[]): string[] {
  const recordKeys = new Set(refusals.map((row) => row.recordKey));
  for (const version of versions) {
    if (version.voidedBy !== null || isHeldAsImplausible(version)) recordKeys.add(version.recordKey);
  }
  return [...recordKeys];
}

interface MutableHistory extends RecordHistory {
  readonly versions: RecordVersion[];
  readonly refusedRows: RefusedRow[];
}

const NO_DECISIONS: readonly RowDecision[] = [];
const NO_CORRECTIONS: readonly RecordCorrection[] = [];

interface Decided {
  readonly rowDecisions: ReadonlyMap<string, readonly RowDecision[]>;
  readonly corrections: ReadonlyMap<string, readonly RecordCorrection[]>;
}

function groupByRecord(
  recordKeys: readonly string[],
  versions: readonly RecordVersion[],
  refusals: readonly RefusedRow[],
  { rowDecisions, corrections }: Decided,
): Map<string, MutableHistory> {
  const histories = new Map<string, MutableHistory>();
  for (const key of recordKeys) {
    histories.set(key, {
      ...{ versions: [], refusedRows: [] },
      decisions: rowDecisions.get(key) ?? NO_DECISIONS,
      corrections: corrections.get(key) ?? NO_CORRECTIONS,
    });
  }
  for (const version of versions) histories.get(version.recordKey)?.versions.push(version);
  for (const row of refusals) histories.get(row.recordKey)?.refusedRows.push(row);
  return histories;
}
