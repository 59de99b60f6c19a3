import {
  type Ownership,
  readAchievementStandings,
  readDuplicatesAround,
  readPostedStandings,
  type Transaction,
} from "@xueshi/database";
import {
  type DuplicateDecision,
  duplicateDecisionKey,
  MAIN_SLOT,
  type PostedStanding,
  type RecordHistory,
  type Standing,
  sameAchievementSets,
} from "@xueshi/domain";

export interface StandingToRead {
  /** Of the touched records, by key. */
  readonly histories: ReadonlyMap<string, RecordHistory>;
  readonly derived: readonly Standing[];
  readonly ownerships: ReadonlyMap<string, Ownership>;
  /** Decisions in force about touched records as duplicates, and what those decisions lead to. */
  readonly duplicates: readonly DuplicateDecision[];
  /** Of whom no entry was posted yet, so that nothing stands. */
  readonly isNew: (practitionerId: string) => boolean;
}

/** How touched records stand now, and what may be one achievement with them, as it stands. */
export interface ReadStanding {
  readonly posted: readonly PostedStanding[];
  readonly rivals: readonly PostedStanding[];
  /** In force, of all of these records. */
  readonly duplicates: readonly DuplicateDecision[];
}

/**
 * Reads how touched records stand, and every record that shares an achievement with one, now or as it will stand: by the
 * rule's key, by decisions of operators, and by what those lead to in turn. Without decisions these are three statements, and
 * none about people who are new.
 */
export async function readStanding(
  tx: Transaction,
  { histories, derived, ownerships, duplicates, isNew }: StandingToRead,
): Promise<ReadStanding> {
  const derivedPairs = achievementPairs(derived);
  const [posted, besideDerived] = await Promise.all([
    readPostedStandings(tx, pairsOf(histories, ownerships, isNew)),
    readAchievementStandings(
      tx,
      [...derivedPairs.values()].filter(({ practitionerId }) => !isNew(practitionerId)),
    ),
  ]);
  const found = new Found(histories, duplicates, derivedPairs);
  found.touched(derived, posted);
  found.add(besideDerived);
  found.add(await readAchievementStandings(tx, found.nextAchievements()));
  for (;;) {
    const unasked = found.unasked();
    if (unasked.length > 0) found.decided(await readDuplicatesAround(tx, unasked));
    const decided = found.nextDecided();
    if (unasked.length === 0 && decided.length === 0) break;
    found.add((await readPostedStandings(tx, decided)).filter(({ slot }) => slot === MAIN_SLOT));
    found.add(await readAchievementStandings(tx, found.nextAchievements()));
  }
  return { posted, rivals: found.rivals(), duplicates: found.duplicates() };
}

interface RecordPair {
  readonly practitionerId: string;
  readonly recordKey: string;
}

/** Touched records with everybody in whose chain each may stand, but who has none yet. */
function pairsOf(
  histories: ReadonlyMap<string, RecordHistory>,
  ownerships: ReadonlyMap<string, Ownership>,
  isNew: StandingToRead["isNew"],
): RecordPair[] {
  const pairs = new Map<string, RecordPair>();
  const add = (practitionerId: string, recordKey: string) => {
    if (!isNew(practitionerId)) pairs.set(`${practitionerId}/${recordKey}`, { practitionerId, recordKey });
  };
  for (const { versions, refusedRows } of histories.values()) {
    for (const { practitionerId, recordKey } of [...versions, ...refusedRows]) {
      if (practitionerId === null) continue;
      add(practitionerId, recordKey);
      for (const owner of ownerships.get(practitionerId)?.ever ?? []) add(owner, recordKey);
    }
  }
  return [...pairs.values()];
}

interface AchievementPair {
  readonly practitionerId: string;
  readonly achievementKey: string;
}

function achievementPairs(standings: Iterable<Standing>): Map<string, AchievementPair> {
  const pairs = new Map<string, AchievementPair>();
  for (const { practitionerId, achievementKey } of standings) {
    if (achievementKey !== null) pairs.set(`${practitionerId}/${achievementKey}`, { practitionerId, achievementKey });
  }
  return pairs;
}

/** What was found so far of records that may be one achievement, and where to look next. */
class Found {
  readonly #histories: ReadonlyMap<string, RecordHistory>;
  readonly #duplicates = new Map<string, DuplicateDecision>();
  /** Achievements of people that were looked up. */
  readonly #achievements: Set<string>;
  /** Standings whose achievements were not. */
  #fresh: Standing[] = [];
  readonly #touched: Standing[] = [];
  readonly #rivals = new Map<string, PostedStanding>();
  readonly #asked = new Set<string>();
  readonly #pairs = new Set<string>();

  constructor(
    histories: ReadonlyMap<string, RecordHistory>,
    duplicates: readonly DuplicateDecision[],
    lookedUp: ReadonlyMap<string, AchievementPair>,
  ) {
    this.#histories = histories;
    this.#achievements = new Set(lookedUp.keys());
    this.decided(duplicates);
  }

  /** The achievements of what is derived are looked up. */
  touched(derived: readonly Standing[], posted: readonly Standing[]): void {
    this.#touched.push(...derived, ...posted);
    this.#fresh.push(...posted);
  }

  add(standings: readonly PostedStanding[]): void {
    for (const standing of standings) {
      const key = `${standing.practitionerId}/${standing.recordKey}`;
      if (this.#histories.has(standing.recordKey) || this.#rivals.has(key)) continue;
      this.#rivals.set(key, standing);
      this.#fresh.push(standing);
    }
  }

  /** Decisions come with all that they lead to, so what they make the same need not be asked about. */
  decided(decisions: readonly DuplicateDecision[]): void {
    for (const decision of decisions) {
      this.#duplicates.set(duplicateDecisionKey(decision), decision);
      if (decision.kind === "same_achievement") for (const key of decision.recordKeys) this.#asked.add(key);
    }
  }

  /** Achievements to be looked up. */
  nextAchievements(): AchievementPair[] {
    const next = [...achievementPairs(this.#fresh)].filter(([key]) => !this.#achievements.has(key));
    for (const [key] of next) this.#achievements.add(key);
    this.#fresh = [];
    return next.map(([, pair]) => pair);
  }

  /** Records of which nobody asked yet what is decided. */
  unasked(): string[] {
    const next = new Set<string>();
    for (const { recordKey } of this.#rivals.values()) if (!this.#asked.has(recordKey)) next.add(recordKey);
    for (const recordKey of next) this.#asked.add(recordKey);
    return [...next];
  }

  /** Records that decisions make the same as one of a person's, with that person, to be looked up. */
  nextDecided(): RecordPair[] {
    const sets = sameAchievementSets([...this.#duplicates.values()]);
    if (sets.length === 0) return [];
    const peopleOf = new Map<string, string[]>();
    for (const { practitionerId, recordKey } of [...this.#touched, ...this.#rivals.values()]) {
      peopleOf.set(recordKey, [...(peopleOf.get(recordKey) ?? []), practitionerId]);
    }
    const next: RecordPair[] = [];
    for (const set of sets) {
      for (const practitionerId of new Set(set.flatMap((recordKey) => peopleOf.get(recordKey) ?? []))) {
        for (const recordKey of set) {
          const key = `${practitionerId}/${recordKey}`;
          if (this.#histories.has(recordKey) || this.#pairs.has(key) || this.#rivals.has(key)) continue;
          this.#pairs.add(key);
          next.push({ practitionerId, recordKey });
        }
      }
    }
    return next;
  }

  rivals(): PostedStanding[] {
    return [...this.#rivals.values()];
  }

  duplicates(): DuplicateDecision[] {
    return [...this.#duplicates.values()];
  }
}
