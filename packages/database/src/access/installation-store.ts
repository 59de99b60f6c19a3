import { instantText, type Sql } from "../connection/connect.ts";

/** By which keys and which suite an installation seals and finds people; digests, which tell nothing of the keys. */
export interface InstallationKeys {
  readonly suite: string;
  /** Of the key that finds people, hex. */
  readonly index: string;
  /** Of the key that opens what is sealed, hex. */
  readonly master: string;
}

/** The keys of a service are not those of the installation, or nobody has stated these yet. */
export class InstallationMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InstallationMismatch";
  }
}

/** States the keys of the installation, unless they are stated. */
export async function stateInstallation(sql: Sql, keys: InstallationKeys, statedAtMs: number): Promise<void> {
  await sql`
    INSERT INTO access.installation (installation, suite, index_fingerprint, master_fingerprint, stated_at)
    VALUES (1, ${keys.suite}, decode(${keys.index}, 'hex'), decode(${keys.master}, 'hex'),
      ${instantText(statedAtMs)}::timestamptz)
    ON CONFLICT DO NOTHING`;
}

/** What was stated, or null. */
export async function readInstallation(sql: Sql): Promise<InstallationKeys | null> {
  const [row] = await sql<InstallationKeys[]>`
    SELECT suite, encode(index_fingerprint, 'hex') AS index, encode(master_fingerprint, 'hex') AS master
    FROM access.installation`;
  return row ?? null;
}

/**
 * Looks whether a service has the keys of the installation. With others everybody would be somebody else, who has no hours.
 * @throws InstallationMismatch which of them differs, or that none are stated
 */
export async function confirmInstallation(sql: Sql, keys: InstallationKeys): Promise<void> {
  const stated = await readInstallation(sql);
  if (stated === null) {
    throw new InstallationMismatch(
      "The keys of this installation are not stated yet; the ingestion worker states them when it starts.",
    );
  }
  const settings = { suite: "XUESHI_CRYPTO_SUITE", index: "XUESHI_INDEX_KEY", master: "XUESHI_MASTER_KEY" } as const;
  const differing = (["suite", "index", "master"] as const).filter((name) => stated[name] !== keys[name]);
  if (differing.length === 0) return;
  const names = differing.map((name) => settings[name]).join(", ");
  throw new InstallationMismatch(
    `Not as this installation has stated them: ${names}. Give this service the values of the others.`,
  );
}
