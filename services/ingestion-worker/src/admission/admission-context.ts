import type { AdmissionContext } from "@xueshi/domain";
import { sha256Hex, type Vault } from "@xueshi/vault";

/** The keyed digests that admission takes from the vault. */
export function admissionContextOf(vault: Vault): AdmissionContext {
  return { sha256Hex, practitionerIdOf: vault.practitionerIdOf, nameDigestOf: vault.nameDigestOf };
}
