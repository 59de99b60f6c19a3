import { connect, lockHeads, lockIdentities, markPosted, writeBatch, writeVersions } from "@xueshi/database";
import { planPostings, type RecordVersion, type Standing } from "@xueshi/domain";
import {
  createDerivation,
  createRuleSetReader,
  type DeriveHistories,
  type PostingContext,
  writePlan,
} from "@xueshi/ledger-service/commands";
import { SOURCES } from "@xueshi/platforms";
import { createUuidV7, systemChance, systemClock } from "@xueshi/runtime";
import { createVault, sha256Hex, sha256Suite, type Vault } from "@xueshi/vault";
import { type BenchPerson, makePerson, makeVersion } from "../ledger/bench-people.ts";
import { batchOf, claimsOf } from "../ledger/store-batches.ts";
import { type FillShare, GROWTH, PEOPLE_PER_POSTING, recordsOfRound } from "./growth-shape.ts";

/** When the records of the first round came; each round a year later. */
const FIRST_ROUND_MS = Date.UTC(2021, 0, 1);
const YEAR_MS = 365 * 86_400_000;
const CONNECTIONS = 2;

interface Filler {
  readonly context: PostingContext;
  readonly vault: Vault;
  readonly derive: DeriveHistories;
}

/**
 * Stores and posts the records of some people with the stores and the derivation that the services use. Only the reading is
 * left out that posting does first: of records that are new it finds nothing.
 * @param done told after each posting how many entries it had
 */
export async function fillShare(share: FillShare, done: (entries: number) => void): Promise<void> {
  const sql = connect({ url: share.url, connectionsMax: CONNECTIONS, applicationName: "bench-fill" });
  try {
    const rules = createRuleSetReader(sql, systemClock);
    const sources = SOURCES;
    const context: PostingContext = {
      ...{ sql, clock: systemClock, newId: createUuidV7(systemClock), chance: systemChance, suite: sha256Suite },
      ...{ sha256Hex, rules, sources, actor: "ledger-service" },
    };
    const vault = createVault(share.keys);
    const filler = { context, vault, derive: createDerivation(await rules(), [], context) };
    // In order of their ids, so that the indexes by person are gone through once in each round.
    const people = peopleOf(share, vault).sort((left, right) => (left.practitionerId < right.practitionerId ? -1 : 1));
    for (let round = 0; round < GROWTH.rounds; round += 1) {
      let next = 0;
      const postSome = async () => {
        for (let at = next; at < people.length; at = next) {
          next += PEOPLE_PER_POSTING;
          done(await post(filler, people.slice(at, at + PEOPLE_PER_POSTING), round));
        }
      };
      // One is made ready while the server writes the other. A round follows the one before it.
      await Promise.all(Array.from({ length: CONNECTIONS }, postSome));
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function peopleOf({ people, threads, remainder }: FillShare, vault: Vault): BenchPerson[] {
  const own: BenchPerson[] = [];
  for (let index = remainder; index < people; index += threads) own.push(makePerson(index, vault));
  return own;
}

/** One batch with its posting, in one transaction. Returns how many entries were posted. */
async function post(
  { context, vault, derive }: Filler,
  people: readonly BenchPerson[],
  round: number,
): Promise<number> {
  const versions = people.flatMap((person) => recordsOfRound(round).map((nth) => makeVersion(person, nth)));
  const batchId = context.newId();
  const postedAtMs = FIRST_ROUND_MS + round * YEAR_MS;
  const nameDigests = new Map(people.map(({ practitionerId, nameDigest }) => [practitionerId, nameDigest]));
  const plan = planPostings({
    ...{ derived: derivedOf(versions, nameDigests, derive), posted: [], rivals: [] },
    ...{ actor: context.actor, reason: null, note: null },
  });
  const rows = versions.map((version, batchIndex) => ({ version, batchIndex, occurrences: 1 }));
  await context.sql.begin(async (tx) => {
    const [heads] = await Promise.all([
      lockHeads(tx, [...nameDigests.keys()]),
      round === 0 ? lockIdentities(tx, claimsOf(people, vault)) : null,
      writeBatch(tx, batchOf(batchId, people, versions, postedAtMs)),
    ]);
    await writeVersions(tx, batchId, rows);
    const planned = { plan, heads, nameDigests, batchId, reason: "batch", actor: context.actor };
    await writePlan(tx, planned, { ...context, clock: () => postedAtMs });
    await markPosted(tx, batchId, postedAtMs);
  });
  return versions.length + (round === 0 ? people.length : 0);
}

function derivedOf(
  versions: readonly RecordVersion[],
  nameDigests: ReadonlyMap<string, string>,
  derive: DeriveHistories,
): Standing[] {
  const histories = versions.map((version) => ({
    ...{ versions: [version], refusedRows: [], decisions: [], corrections: [] },
  }));
  return derive(histories, {
    knownNames: (practitionerId) => {
      const nameDigest = nameDigests.get(practitionerId);
      return nameDigest === undefined ? undefined : { nameDigest, variantDigest: null, accepted: [] };
    },
    ownerOf: (practitionerId) => practitionerId,
    decisionOf: () => null,
  });
}
