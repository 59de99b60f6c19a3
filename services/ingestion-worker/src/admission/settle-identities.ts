import {
  type IdentityClaim,
  lockIdentities,
  readIdentities,
  readKnownNames,
  readSealedPerson,
  type StoredIdentity,
  type Transaction,
  updateIdentities,
} from "@xueshi/database";
import { compareNameClaims, type KnownNames, type NameClaim } from "@xueshi/domain";
import type { Vault } from "@xueshi/vault";
import type { JudgedRow } from "./judge-rows.ts";

export interface SettledIdentities {
  /** Practitioner id → by which names rows are admitted, for every person of the batch. */
  readonly knownNames: ReadonlyMap<string, KnownNames>;
  /** People whose known name became another one: all their records must be looked at again. */
  readonly renamed: readonly string[];
}

type VersionRow = Extract<JudgedRow, { kind: "version" }>;

/** People that earlier batches of this process stored: only a hint that spares sealing, never a decision. */
export interface KnownPeople {
  readonly has: (practitionerId: string) => boolean;
  readonly add: (practitionerId: string) => void;
}

const KNOWN_PEOPLE_MAX = 500_000;

export function createKnownPeople(): KnownPeople {
  const known = new Set<string>();
  return {
    has: (practitionerId) => known.has(practitionerId),
    add: (practitionerId) => {
      if (known.size >= KNOWN_PEOPLE_MAX) known.clear();
      known.add(practitionerId);
    },
  };
}

/**
 * Locks the people of a batch and settles by which name each is known: the claim with the smallest (update time,
 * platform, id, name) over all sources. Source: platforms.md, rule 2.
 */
export async function settleIdentities(
  tx: Transaction,
  rows: readonly VersionRow[],
  vault: Vault,
  knownPeople: KnownPeople,
): Promise<SettledIdentities> {
  const firstClaims = new Map<string, VersionRow>();
  for (const row of rows) {
    const other = firstClaims.get(row.version.practitionerId);
    if (other === undefined || comesFirst(row, other)) firstClaims.set(row.version.practitionerId, row);
  }
  if (firstClaims.size === 0) return { knownNames: new Map(), renamed: [] };
  const claims = [...firstClaims.values()].map((row) =>
    identityClaim(row, knownPeople.has(row.version.practitionerId) ? null : vault),
  );
  const people = claims.map((claim) => claim.practitionerId);
  const [, stored, known] = await Promise.all([
    lockIdentities(tx, claims),
    readIdentities(tx, people),
    readKnownNames(tx, people),
  ]);
  const knownNames = new Map(known);
  const older: { readonly row: VersionRow; readonly identity: StoredIdentity }[] = [];
  for (const identity of stored) {
    const row = firstClaims.get(identity.practitionerId);
    if (row === undefined || saysNobody(row)) continue;
    const order = row.version.updateTimeMs - identity.claimedAtMs;
    if (order < 0 || (order === 0 && (await comesBefore(tx, row, identity, vault)))) older.push({ row, identity });
  }
  const moved = older.map(({ row }) => identityClaim(row, vault));
  await updateIdentities(tx, [...moved, ...unsealedClaims(stored, rows, vault, moved)]);
  const renamed: string[] = [];
  for (const { row, identity } of older) {
    const { nameDigest, nameVariantDigest } = row.version;
    const accepted = knownNames.get(identity.practitionerId)?.accepted ?? [];
    knownNames.set(identity.practitionerId, { nameDigest, variantDigest: nameVariantDigest, accepted });
    if (row.version.nameDigest !== identity.nameDigest) renamed.push(identity.practitionerId);
  }
  return { knownNames, renamed };
}

/** A withdrawal names its person by nothing but the record, so it claims no name. */
function saysNobody(row: VersionRow): boolean {
  return row.id === "";
}

function comesFirst(row: VersionRow, other: VersionRow): boolean {
  if (saysNobody(row) !== saysNobody(other)) return saysNobody(other);
  return compareNameClaims(claimOf(row), claimOf(other)) < 0;
}

/**
 * Seals whom the database does not know after all, as after it failed over to a copy that lacked the last commits: their
 * claims stay what they are.
 */
function unsealedClaims(
  stored: readonly StoredIdentity[],
  rows: readonly VersionRow[],
  vault: Vault,
  moved: readonly IdentityClaim[],
): IdentityClaim[] {
  const sealedNow = new Set(moved.map(({ practitionerId }) => practitionerId));
  return stored.flatMap((identity) => {
    const { practitionerId, nameDigest, claimedAtMs, claimSource, claimRecordId } = identity;
    if (identity.isSealed || sealedNow.has(practitionerId)) return [];
    const row = rows.find((one) => !saysNobody(one) && one.version.nameDigest === nameDigest);
    return row === undefined ? [] : [{ ...identityClaim(row, vault), claimedAtMs, claimSource, claimRecordId }];
  });
}

function claimOf(row: VersionRow): NameClaim {
  const { updateTimeMs, source, recordId } = row.version;
  return { updateTimeMs, source, recordId, name: row.name };
}

/** Whether a claim of the same time comes first; only where all but the names are equal is the stored name opened. */
async function comesBefore(
  tx: Transaction,
  row: VersionRow,
  { claimedAtMs, claimSource, claimRecordId, nameDigest, practitionerId }: StoredIdentity,
  vault: Vault,
): Promise<boolean> {
  const claim = claimOf(row);
  const stored = { updateTimeMs: claimedAtMs, source: claimSource, recordId: claimRecordId };
  const withoutName = compareNameClaims({ ...claim, name: "" }, { ...stored, name: "" });
  if (withoutName !== 0 || row.version.nameDigest === nameDigest) return withoutName < 0;
  const sealed = await readSealedPerson(tx, practitionerId);
  return sealed !== null && compareNameClaims(claim, { ...stored, name: vault.openPerson(sealed).name }) < 0;
}

function identityClaim(row: VersionRow, vault: Vault | null): IdentityClaim {
  const { practitionerId, nameDigest, nameVariantDigest, updateTimeMs, source, recordId } = row.version;
  return {
    practitionerId,
    nameDigest,
    nameVariantDigest,
    claimedAtMs: updateTimeMs,
    claimSource: source,
    claimRecordId: recordId,
    seal: vault === null || saysNobody(row) ? null : vault.sealPerson({ id: row.id, name: row.name }),
  };
}
