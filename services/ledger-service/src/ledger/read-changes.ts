import {
  readAchievementStandings,
  readCatalogues,
  readDecisions,
  readNameDigests,
  readPostedStandings,
  readRefusals,
  readVersions,
  type Transaction,
} from "@xueshi/database";
import {
  classifyRecord,
  deriveStandings,
  type PostedStanding,
  type RecordHistory,
  type RuleSet,
  type Standing,
} from "@xueshi/domain";
import { lookUpSubjects, routeSources } from "../classification/find-subject.ts";
import type { PostingContext } from "./posting-context.ts";

/** Thrown when records turn out to belong to people whose heads are not locked; the caller locks them too. */
export class PeopleNotLocked extends Error {
  readonly practitionerIds: readonly string[];
  constructor(practitionerIds: readonly string[]) {
    super("records belong to people who are not locked");
    this.practitionerIds = practitionerIds;
  }
}

export interface Changes {
  readonly derived: readonly Standing[];
  readonly posted: readonly PostedStanding[];
  readonly rivals: readonly PostedStanding[];
  readonly nameDigests: ReadonlyMap<string, string>;
}

/**
 * Reads, under the heads' locks, how records should stand and how they stand. Every statement runs after the locks, so it
 * sees whatever an earlier holder of them committed.
 */
export async function readChanges(
  tx: Transaction,
  recordKeys: readonly string[],
  practitionerIds: readonly string[],
  ruleSets: readonly RuleSet[],
  { sha256Hex, sources }: Pick<PostingContext, "sha256Hex" | "sources">,
): Promise<Changes> {
  const [versions, refusals, nameDigests, decisions, catalogues] = await Promise.all([
    readVersions(tx, recordKeys),
    readRefusals(tx, recordKeys),
    readNameDigests(tx, practitionerIds),
    readDecisions(tx, recordKeys),
    readCatalogues(tx),
  ]);
  const locked = new Set(practitionerIds);
  const owners = new Set<string>();
  for (const row of [...versions, ...refusals]) {
    if (row.practitionerId !== null && !locked.has(row.practitionerId)) owners.add(row.practitionerId);
  }
  if (owners.size > 0) throw new PeopleNotLocked([...owners]);

  const platformOf = routeSources(ruleSets);
  const lookup = lookUpSubjects(catalogues, sources);
  const histories = groupByRecord(recordKeys, versions, refusals);
  const derived = [...histories.values()].flatMap((history) =>
    deriveStandings(history, {
      knownNameDigest: (practitionerId) => nameDigests.get(practitionerId),
      classify: (version, platform) =>
        classifyRecord(version, platform, lookup, decisions.get(version.recordKey) ?? null, sha256Hex),
      platformOf: (version) => platformOf(version.source, version.obtainedOn),
    }),
  );
  const [posted, rivals] = await readStanding(tx, histories, derived);
  return { derived, posted, rivals, nameDigests };
}

type MutableHistory = { -readonly [K in keyof RecordHistory]: RecordHistory[K][number][] };

function groupByRecord(
  recordKeys: readonly string[],
  versions: readonly RecordHistory["versions"][number][],
  refusals: readonly RecordHistory["refusedRows"][number][],
): Map<string, MutableHistory> {
  const histories = new Map<string, MutableHistory>();
  for (const key of recordKeys) histories.set(key, { versions: [], refusedRows: [] });
  for (const version of versions) histories.get(version.recordKey)?.versions.push(version);
  for (const row of refusals) histories.get(row.recordKey)?.refusedRows.push(row);
  return histories;
}

async function readStanding(
  tx: Transaction,
  histories: ReadonlyMap<string, RecordHistory>,
  derived: readonly Standing[],
): Promise<[PostedStanding[], PostedStanding[]]> {
  const pairs = new Map<string, { practitionerId: string; recordKey: string }>();
  for (const { versions, refusedRows } of histories.values()) {
    for (const { practitionerId, recordKey } of [...versions, ...refusedRows]) {
      if (practitionerId !== null) pairs.set(`${practitionerId}/${recordKey}`, { practitionerId, recordKey });
    }
  }
  const derivedPairs = achievementPairs(derived);
  const [posted, besideDerived] = await Promise.all([
    readPostedStandings(tx, [...pairs.values()]),
    readAchievementStandings(tx, [...derivedPairs.values()]),
  ]);
  const leftPairs = [...achievementPairs(posted)].filter(([key]) => !derivedPairs.has(key)).map(([, pair]) => pair);
  const besidePosted = await readAchievementStandings(tx, leftPairs);
  const rivals = [...besideDerived, ...besidePosted].filter((standing) => !histories.has(standing.recordKey));
  return [posted, rivals];
}

interface AchievementPair {
  readonly practitionerId: string;
  readonly achievementKey: string;
}

function achievementPairs(standings: readonly Standing[]): Map<string, AchievementPair> {
  const pairs = new Map<string, AchievementPair>();
  for (const { practitionerId, achievementKey } of standings) {
    if (achievementKey !== null) pairs.set(`${practitionerId}/${achievementKey}`, { practitionerId, achievementKey });
  }
  return pairs;
}
