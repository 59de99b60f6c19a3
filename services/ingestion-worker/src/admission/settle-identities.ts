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
    if (other === undefined || compareNameClaims(claimOf(row), claimOf(other)) < 0) {
      firstClaims.set(row.version.practitionerId, row);
    }
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
    if (row === undefined) continue;
    const order = row.version.updateTimeMs - identity.claimedAtMs;
    if (order < 0 || (order === 0 && (await comesBefore(tx, row, identity, vault)))) older.push({ row, identity });
  }
  const moved = older.map(({ row }) => identityClaim(row, vault));
  await updateIdentities(tx, moved);
  const renamed: string[] = [];
  for (const { row, identity } of older) {
    const { nameDigest, nameVariantDigest } = row.version;
    const accepted = knownNames.get(identity.practitionerId)?.accepted ?? [];
    knownNames.set(identity.practitionerId, { nameDigest, variantDigest: nameVariantDigest, accepted });
    if (row.version.nameDigest !== identity.nameDigest) renamed.push(identity.practitionerId);
  }
  return { knownNames, renamed };
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
    seal: vault === null ? null : vault.sealPerson({ id: row.id, name: row.name }),
  };
}
