import {
  confirmInstallation,
  InstallationMismatch,
  readInstallation,
  readSomeone,
  type Sql,
  stateInstallation,
} from "@xueshi/database";
import type { PersonId } from "@xueshi/domain";
import type { Sealed, Vault } from "@xueshi/vault";

/**
 * States by which keys this installation knows people, or confirms that this process has them. Where people are stored and
 * nothing is stated, the keys are tried on one of them first.
 * @throws InstallationMismatch
 */
export async function stateKeys(sql: Sql, vault: Vault, nowMs: number): Promise<void> {
  if ((await readInstallation(sql)) === null) {
    const someone = await readSomeone(sql);
    if (someone !== null && !opens(vault, someone)) {
      throw new InstallationMismatch(
        "People are stored under other keys: XUESHI_INDEX_KEY, XUESHI_MASTER_KEY or XUESHI_CRYPTO_SUITE is not that of this database.",
      );
    }
    await stateInstallation(sql, vault.fingerprint, nowMs);
  }
  await confirmInstallation(sql, vault.fingerprint);
}

function opens(vault: Vault, someone: Sealed & { readonly practitionerId: string }): boolean {
  try {
    return vault.practitionerIdOf(vault.openPerson(someone).id as PersonId) === someone.practitionerId;
  } catch {
    return false;
  }
}
