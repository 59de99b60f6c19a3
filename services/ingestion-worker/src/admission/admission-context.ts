import type { AdmissionContext } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";

/** The keyed digests that admission takes from the vault, and the plausibility rules of the sources. */
export function admissionContextOf({ vault, sources }: Pick<IngestionContext, "vault" | "sources">): AdmissionContext {
  return {
    sha256Hex,
    practitionerIdOf: vault.practitionerIdOf,
    nameDigestOf: vault.nameDigestOf,
    plausibilityOf: (source) => sources.sourceNamed(source).plausibility,
  };
}
