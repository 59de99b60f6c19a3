import type { RecordVersion } from "./record-version.ts";

/** Whether rows under another spelling of the known name are held until somebody accepts them, or taken at once. */
export type NameVariantPolicy = "hold" | "accept";

/** By which names rows of one person are admitted; every digest is keyed by the person, hex. */
export interface KnownNames {
  readonly nameDigest: string;
  /** Of the folded known name; null: the known name is its own folded form. */
  readonly variantDigest: string | null;
  /** Other names under which operators accepted rows. */
  readonly accepted: readonly string[];
}

type NamedRow = Pick<RecordVersion, "nameDigest" | "nameVariantDigest">;

/**
 * Whether a row carries a name by which the person is known: the known one or an accepted one; by the policy `accept` also
 * another spelling of the known name. Undefined: nobody is known by the id. Source: platforms.md, rule 2.
 */
export function isKnownName(row: NamedRow, known: KnownNames | undefined, policy: NameVariantPolicy): boolean {
  if (known === undefined) return false;
  if (row.nameDigest === known.nameDigest) return true;
  return known.accepted.includes(row.nameDigest) || (policy === "accept" && isLikelySameName(row, known));
}

/** Whether a name folds to what the known name folds to, and is not the known name itself. */
export function isLikelySameName(row: NamedRow, known: KnownNames | undefined): boolean {
  if (known === undefined || row.nameDigest === known.nameDigest) return false;
  return (row.nameVariantDigest ?? row.nameDigest) === (known.variantDigest ?? known.nameDigest);
}
