import type { KeptVerdict } from "@xueshi/database";
import type { Vault } from "@xueshi/vault";

/** The seal (hex) over every column of a kept verdict: whoever changes one in the database cannot make it again. */
export function sealVerdict(vault: Pick<Vault, "sealTexts">, kept: Omit<KeptVerdict, "seal">): string {
  const { practitionerId, verdictId, keptAtMs, keyId, answer, decision } = kept;
  return vault.sealTexts("kept verdict", [practitionerId, verdictId, String(keptAtMs), keyId, answer, decision]);
}
