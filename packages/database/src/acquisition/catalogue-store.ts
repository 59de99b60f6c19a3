import { textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A course catalogue as its platform sent it. */
export interface KeptCatalogue {
  /** SHA-256 of the entries, hex. */
  readonly digest: string;
  readonly entries: unknown;
  readonly fetchedAtMs: number;
  /** Codes listed otherwise than before, whose earlier records the ledger has not been told of yet; null: every code. */
  readonly unsettledCodes: readonly string[] | null;
  /** The record key up to which it has been told; null: of none. */
  readonly unsettledAfter: string | null;
}

/** The catalogue in force of a platform; null before the first. */
export async function readCatalogueInForce(sql: Sql | Transaction, platform: string): Promise<KeptCatalogue | null> {
  const [row] = await (sql as Sql)<KeptCatalogue[]>`
    SELECT encode(digest, 'hex') AS digest, entries, fetched_at AS "fetchedAtMs", unsettled_codes AS "unsettledCodes",
      unsettled_after AS "unsettledAfter"
    FROM acquisition.catalogue WHERE platform = ${platform} ORDER BY fetched_at DESC LIMIT 1`;
  return row ?? null;
}

/** The catalogue in force of each platform: subject codes by category. */
export async function readCatalogues(sql: Sql | Transaction): Promise<{ platform: string; entries: unknown }[]> {
  return (sql as Sql)<{ platform: string; entries: unknown }[]>`
    SELECT DISTINCT ON (platform) platform, entries FROM acquisition.catalogue ORDER BY platform, fetched_at DESC`;
}

/** Puts a catalogue in force, with nothing told yet; `fetchedAtMs` must be later than that of every other one of the platform. */
export async function writeCatalogue(
  sql: Sql | Transaction,
  catalogue: Omit<KeptCatalogue, "unsettledAfter"> & { readonly platform: string },
): Promise<void> {
  const { platform, digest, entries, fetchedAtMs, unsettledCodes } = catalogue;
  await (sql as Sql)`
    INSERT INTO acquisition.catalogue (platform, digest, fetched_at, entries, unsettled_codes)
    VALUES (${platform}, decode(${digest}, 'hex'), ${instantText(fetchedAtMs)}::timestamptz,
      ${JSON.stringify(entries)}::text::json, ${unsettledCodes === null ? null : textArray(unsettledCodes)}::text[])
    ON CONFLICT (platform, digest)
    DO UPDATE SET fetched_at = excluded.fetched_at, unsettled_codes = excluded.unsettled_codes, unsettled_after = NULL`;
}

/** States up to which record the ledger has been told of a catalogue; null: of all, so nothing is unsettled. */
export async function advanceCatalogue(
  tx: Transaction,
  catalogue: { readonly platform: string; readonly digest: string; readonly toldUntil: string | null },
): Promise<void> {
  const { platform, digest, toldUntil } = catalogue;
  await tx`
    UPDATE acquisition.catalogue SET unsettled_after = ${toldUntil}::uuid,
      unsettled_codes = CASE WHEN ${toldUntil}::uuid IS NULL THEN '{}' ELSE unsettled_codes END
    WHERE platform = ${platform} AND digest = decode(${digest}, 'hex')`;
}
