import { copyKnownNames, copyRefusals, copyVersions, readCatalogues, type Sql } from "@xueshi/database";
import {
  type ChainFold,
  comparePlan,
  type Entry,
  type KnownNames,
  type LedgerFinding,
  type RecordHistory,
  type RecordStateRow,
  type RecordVersion,
  type RefusedRow,
  standsAsDerived,
} from "@xueshi/domain";
import { createDerivation, type DeriveHistories, rederiveRecords } from "@xueshi/ledger-service/commands";
import { SOURCES } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import type { Derivation, PeopleTask } from "./tasks.ts";
import { verifyErasures } from "./verify-erasures.ts";

const RECORDS_PER_STEP = 1_000;

/** What was admitted that names one person. */
interface PersonRows {
  readonly versions: RecordVersion[];
  readonly refusedRows: RefusedRow[];
  knownNames: KnownNames | undefined;
}

/** A person of whom more must be looked up. */
interface OtherPerson {
  readonly practitionerId: string;
  readonly recordKeys: ReadonlySet<string>;
  /** What the chain comes to; null: nothing is kept of the person. */
  readonly fold: ChainFold | null;
}

/** Opens, for one moment, what derives people after people. */
export async function openDerivation(
  sql: Sql,
  derivation: Derivation,
): Promise<(scope: PeopleTask["scope"]) => Promise<PeopleDerivation>> {
  const context = { sha256Hex, sources: SOURCES, nameVariants: derivation.nameVariants };
  const setup = {
    ...{ sql, derivation, context },
    derive: createDerivation(derivation.rules, await readCatalogues(sql), context),
    involvedRecords: new Set(derivation.involved.recordKeys),
    involvedPeople: new Set(derivation.involved.practitionerIds),
    unpostedRecords: new Set(derivation.unposted.recordKeys),
    unpostedPeople: new Set(derivation.unposted.practitionerIds),
    unpostedSources: new Set(derivation.unposted.platforms),
  };
  return async (scope) => new PeopleDerivation(setup, scope, await readRows(sql, scope));
}

interface Setup {
  readonly sql: Sql;
  readonly derivation: Derivation;
  readonly context: Parameters<typeof rederiveRecords>[3];
  readonly derive: DeriveHistories;
  /** Of whom more counts than their own rows, and of which. */
  readonly involvedRecords: ReadonlySet<string>;
  readonly involvedPeople: ReadonlySet<string>;
  /** What is not posted yet may be why something stands as it does. */
  readonly unpostedRecords: ReadonlySet<string>;
  readonly unpostedPeople: ReadonlySet<string>;
  readonly unpostedSources: ReadonlySet<string>;
}

async function readRows(sql: Sql, scope: PeopleTask["scope"]): Promise<Map<string, PersonRows>> {
  const people = new Map<string, PersonRows>();
  const rowsOf = (practitionerId: string): PersonRows => {
    const known = people.get(practitionerId);
    if (known !== undefined) return known;
    const rows = { versions: [], refusedRows: [], knownNames: undefined };
    people.set(practitionerId, rows);
    return rows;
  };
  for await (const names of copyKnownNames(sql, scope)) {
    for (const { practitionerId, ...name } of names) rowsOf(practitionerId).knownNames = { ...name, accepted: [] };
  }
  for await (const versions of copyVersions(sql, scope)) {
    for (const version of versions) rowsOf(version.practitionerId).versions.push(version);
  }
  for await (const refusals of copyRefusals(sql, scope)) {
    for (const row of refusals) rowsOf(row.practitionerId ?? "").refusedRows.push(row);
  }
  return people;
}

/**
 * Derives the records of some people from what was admitted and decided. Of nearly everybody the own rows say everything:
 * whose records stand just as these say is done with. All others are derived as posting would, and only that makes findings.
 */
export class PeopleDerivation {
  readonly #setup: Setup;
  readonly #scope: PeopleTask["scope"];
  readonly #rows: Map<string, PersonRows>;
  readonly #others: OtherPerson[] = [];
  /** By person: the entry that closed the chain. What their records follow from is gone, so nothing is derived of them. */
  readonly #closed = new Map<string, Entry>();

  constructor(setup: Setup, scope: PeopleTask["scope"], rows: Map<string, PersonRows>) {
    this.#setup = setup;
    this.#scope = scope;
    this.#rows = rows;
  }

  /**
   * Takes a person of whom something is kept.
   * @param chain the entries of which the fold is made
   * @param isSound nothing is wrong with what is kept
   */
  add(fold: ChainFold, chain: readonly Entry[], states: readonly RecordStateRow[], isSound: boolean): void {
    const { practitionerId } = fold;
    const rows = this.#rows.get(practitionerId) ?? NO_ROWS;
    this.#rows.delete(practitionerId);
    if (fold.tombstone !== null) {
      this.#closed.set(practitionerId, fold.tombstone);
      this.#others.push({ practitionerId, recordKeys: new Set(keysOf(rows)), fold: null });
      return;
    }
    const recordKeys = chain.flatMap(({ recordKey }) => recordKey ?? []);
    if (isSound && !this.#isInvolved(recordKeys) && this.#isAsItsRowsSay(fold, states, rows)) return;
    this.#others.push({ practitionerId, recordKeys: new Set([...recordKeys, ...keysOf(rows)]), fold });
  }

  #isInvolved(recordKeys: Iterable<string>): boolean {
    for (const recordKey of recordKeys) if (this.#setup.involvedRecords.has(recordKey)) return true;
    return false;
  }

  #isAsItsRowsSay(fold: ChainFold, states: readonly RecordStateRow[], rows: PersonRows): boolean {
    const { practitionerId, head, standing } = fold;
    const { involvedPeople, derive } = this.#setup;
    if (involvedPeople.has(practitionerId) || (rows.knownNames?.nameDigest ?? null) !== head.nameDigest) return false;
    const histories = new Map<string, MutableHistory>();
    for (const version of rows.versions) {
      // An instant that no source could have sent.
      if (Number.isNaN(version.updateTimeMs)) return false;
      historyOf(histories, version.recordKey).versions.push(version);
    }
    for (const row of rows.refusedRows) historyOf(histories, row.recordKey).refusedRows.push(row);
    if (this.#isInvolved(histories.keys())) return false;
    const known = { knownNames: () => rows.knownNames, ownerOf: () => practitionerId, decisionOf: () => null };
    return standsAsDerived(derive(histories.values(), known), standing, states);
  }

  /** What is found of everybody. */
  async end(): Promise<LedgerFinding[]> {
    for (const [practitionerId, rows] of this.#rows) {
      const recordKeys = new Set(keysOf(rows));
      if (recordKeys.size > 0) this.#others.push({ practitionerId, recordKeys, fold: null });
    }
    const findings: LedgerFinding[] = [];
    const names = new Map<string, string>();
    const standing = new Map(this.#others.flatMap(({ fold }) => (fold === null ? [] : standingOf(fold))));
    for (const step of stepsOf(this.#others)) findings.push(...(await this.#rederive(step, standing, names)));
    for (const [key, { practitionerId, recordKey, source, state }] of standing) {
      // Nothing speaks of the record any more, and yet it stands.
      if (this.#waits(practitionerId, recordKey, source)) continue;
      findings.push({
        code: "standing_differs",
        table: "ledger.entry",
        key,
        field: null,
        expected: null,
        found: state,
      });
    }
    for (const { practitionerId, fold } of this.#others) {
      const [stated, found] = [fold?.head.nameDigest ?? null, names.get(practitionerId) ?? null];
      if (fold === null || found === stated || this.#setup.unpostedPeople.has(practitionerId)) continue;
      const place = { code: "name_differs", table: "admission.identity", key: practitionerId } as const;
      findings.push({ ...place, field: "name_digest", expected: stated, found });
    }
    const { sql, unpostedPeople } = this.#setup;
    return [...findings, ...(await verifyErasures(sql, this.#scope, this.#closed, unpostedPeople))];
  }

  async #rederive(step: Step, standing: Map<string, Entry>, names: Map<string, string>): Promise<LedgerFinding[]> {
    const { sql, derivation, context } = this.#setup;
    const { plan, posted, nameDigests } = await rederiveRecords(sql, step, derivation.rules, context);
    for (const { practitionerId, sequence } of posted) standing.delete(`${practitionerId}/${sequence}`);
    for (const [practitionerId, nameDigest] of nameDigests) names.set(practitionerId, nameDigest);
    return [...plan.entries].flatMap(([practitionerId, planned]) => {
      const due = planned.filter(({ body }) => !this.#waits(practitionerId, body.recordKey, body.source));
      return comparePlan(practitionerId, due);
    });
  }

  #waits(practitionerId: string, recordKey: string | null, source: string | null): boolean {
    const { unpostedPeople, unpostedRecords, unpostedSources } = this.#setup;
    return (
      unpostedPeople.has(practitionerId) || unpostedRecords.has(recordKey ?? "") || unpostedSources.has(source ?? "")
    );
  }
}

const NO_ROWS: PersonRows = { versions: [], refusedRows: [], knownNames: undefined };

interface MutableHistory extends RecordHistory {
  readonly versions: RecordVersion[];
  readonly refusedRows: RefusedRow[];
}

function historyOf(histories: Map<string, MutableHistory>, recordKey: string): MutableHistory {
  const known = histories.get(recordKey);
  if (known !== undefined) return known;
  const history = { versions: [], refusedRows: [], decisions: [], corrections: [] };
  histories.set(recordKey, history);
  return history;
}

function keysOf({ versions, refusedRows }: PersonRows): string[] {
  return [...versions, ...refusedRows].map(({ recordKey }) => recordKey);
}

/** Postings that stand, by `person/sequence`. */
function standingOf({ practitionerId, standing }: ChainFold): (readonly [string, Entry])[] {
  return [...standing].map(([sequence, entry]) => [`${practitionerId}/${sequence}`, entry] as const);
}

interface Step {
  readonly recordKeys: string[];
  readonly practitionerIds: string[];
}

/** So many records at a time, with the people who are known of them. */
function stepsOf(people: readonly OtherPerson[]): Step[] {
  const steps: Step[] = [];
  for (const { practitionerId, recordKeys } of people) {
    const keys = [...recordKeys];
    for (let at = 0; at === 0 || at < keys.length; ) {
      const last = steps.at(-1);
      const step = last !== undefined && last.recordKeys.length < RECORDS_PER_STEP ? last : newStep(steps);
      const some = keys.slice(at, at + RECORDS_PER_STEP - step.recordKeys.length);
      step.recordKeys.push(...some);
      step.practitionerIds.push(practitionerId);
      at += Math.max(1, some.length);
    }
  }
  return steps;
}

function newStep(steps: Step[]): Step {
  const step = { recordKeys: [], practitionerIds: [] };
  steps.push(step);
  return step;
}
