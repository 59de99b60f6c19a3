import {
  type IdentityClaim,
  readIdentities,
  readOldestClaims,
  readRowDecisions,
  readSealedPerson,
  type StoredClaim,
  type StoredIdentity,
  type Transaction,
  updateIdentities,
} from "@xueshi/database";
import { compareNameClaims, compareText, normaliseName } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { openRawRow } from "../quarantine/open-raw-row.ts";

/** A person's id and name in the clear, as a row of today says them. */
export interface ClearPerson {
  readonly id: string;
  readonly name: string;
}

/** By person and digest of the name, `practitionerId/nameDigest`. */
export type ClearPeople = ReadonlyMap<string, ClearPerson>;

/** Corrections that operators made claim no name; so many of a person's oldest rows are looked at for one that does. */
const CLAIMS_DEPTH = 5;
/** A name that no row claims any more stands until a source says one: it is older than no claim. */
export const LAST_CLAIM_MS = Date.UTC(9_999, 0);

/**
 * Settles anew by which names people are known, after rows were left out or came back; the people are locked.
 * @returns people whose known name became another one
 */
export async function settleClaims(
  tx: Transaction,
  context: Pick<IngestionContext, "sql" | "vault" | "sources">,
  practitionerIds: readonly string[],
  leftOutBy: ReadonlySet<string>,
  clear: ClearPeople,
): Promise<string[]> {
  if (practitionerIds.length === 0) return [];
  const [claims, identities] = await Promise.all([
    readOldestClaims(tx, practitionerIds, [...leftOutBy], CLAIMS_DEPTH),
    readIdentities(tx, practitionerIds),
  ]);
  const corrections = await correctedContents(tx, claims);
  const byPerson = Map.groupBy(claims, (claim) => claim.practitionerId);
  const moved: IdentityClaim[] = [];
  const renamed: string[] = [];
  for (const identity of identities) {
    const own = byPerson.get(identity.practitionerId) ?? [];
    const made = own.filter((claim) => !corrections.has(`${claim.recordKey}/${claim.contentDigest}`));
    const oldest = await oldestOf(made, identity, (claim) => nameOf(context, claim, clear));
    const next = oldest ?? { ...(own[0] ?? lastKnown(identity)), updateTimeMs: LAST_CLAIM_MS };
    if (isSame(next, identity)) continue;
    const seal = await sealOf(tx, context, next, identity, clear);
    const { practitionerId, nameDigest, nameVariantDigest, source, recordId } = next;
    const claim = { claimedAtMs: next.updateTimeMs, claimSource: source, claimRecordId: recordId, seal };
    moved.push({ practitionerId, nameDigest, nameVariantDigest, ...claim });
    if (nameDigest !== identity.nameDigest) renamed.push(practitionerId);
  }
  await updateIdentities(tx, moved);
  return renamed;
}

async function correctedContents(tx: Transaction, claims: readonly StoredClaim[]): Promise<ReadonlySet<string>> {
  const decided = await readRowDecisions(tx, [...new Set(claims.map((claim) => claim.recordKey))]);
  return new Set(
    decided.flatMap(({ kind, recordKey, standingDigest }) =>
      kind === "correct" && standingDigest !== null ? [`${recordKey}/${standingDigest}`] : [],
    ),
  );
}

/**
 * Where all but the names are equal, the smaller name is the older claim (platforms.md, rule 2); where one of them is not
 * known any more, the known name stays.
 */
async function oldestOf(
  claims: readonly StoredClaim[],
  identity: StoredIdentity,
  nameOf: (claim: StoredClaim) => Promise<string | null>,
): Promise<StoredClaim | null> {
  const [first] = claims;
  if (first === undefined) return null;
  const tied = claims.filter((claim) => compareNameClaims({ ...claim, name: "" }, { ...first, name: "" }) === 0);
  if (tied.every((claim) => claim.nameDigest === first.nameDigest)) return first;
  const named: { readonly claim: StoredClaim; readonly name: string }[] = [];
  for (const claim of tied) {
    const name = await nameOf(claim);
    if (name === null) return tied.find((one) => one.nameDigest === identity.nameDigest) ?? first;
    named.push({ claim, name });
  }
  return named.reduce((oldest, one) => (compareText(one.name, oldest.name) < 0 ? one : oldest)).claim;
}

/** The name that a claim says: as its row was read just now, or as it is kept; null: it is not. */
async function nameOf(
  context: Pick<IngestionContext, "sql" | "vault" | "sources">,
  claim: StoredClaim,
  clear: ClearPeople,
): Promise<string | null> {
  const known = clear.get(clearKey(claim));
  if (known !== undefined) return known.name;
  const raw = await openRawRow(context, claim);
  return raw === null ? null : normaliseName(raw.name);
}

export function clearKey({ practitionerId, nameDigest }: { practitionerId: string; nameDigest: string }): string {
  return `${practitionerId}/${nameDigest}`;
}

type NextClaim = Pick<
  StoredClaim,
  "practitionerId" | "nameDigest" | "nameVariantDigest" | "updateTimeMs" | "source" | "recordId"
> &
  Partial<StoredClaim>;

function lastKnown(identity: StoredIdentity & { nameVariantDigest?: string | null }): NextClaim {
  const { practitionerId, nameDigest, claimedAtMs, claimSource, claimRecordId } = identity;
  const variant = identity.nameVariantDigest ?? null;
  return {
    ...{ practitionerId, nameDigest, nameVariantDigest: variant, updateTimeMs: claimedAtMs },
    ...{ source: claimSource, recordId: claimRecordId },
  };
}

function isSame(claim: NextClaim, identity: StoredIdentity): boolean {
  return (
    claim.updateTimeMs === identity.claimedAtMs &&
    claim.source === identity.claimSource &&
    claim.recordId === identity.claimRecordId &&
    claim.nameDigest === identity.nameDigest
  );
}

/** Id and name sealed anew; where the row that says the name is gone, its place stays empty: the digest decides. */
async function sealOf(
  tx: Transaction,
  context: Pick<IngestionContext, "sql" | "vault" | "sources">,
  claim: NextClaim,
  identity: StoredIdentity,
  clear: ClearPeople,
) {
  const sealed = await readSealedPerson(tx, claim.practitionerId);
  if (sealed !== null && claim.nameDigest === identity.nameDigest) return sealed;
  const known = clear.get(clearKey(claim));
  if (known !== undefined) return context.vault.sealPerson(known);
  const { recordKey, contentDigest, updateTimeMs } = claim;
  const isKept = recordKey !== undefined && contentDigest !== undefined;
  const raw = isKept ? await openRawRow(context, { recordKey, contentDigest, updateTimeMs }) : null;
  const id = sealed === null ? "" : context.vault.openPerson(sealed).id;
  return context.vault.sealPerson({ id, name: raw === null ? "" : normaliseName(raw.name) });
}
