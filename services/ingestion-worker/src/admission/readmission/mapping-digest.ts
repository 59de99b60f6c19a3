import type { SourceRegistry } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";

/** Tells apart how a source is read: its mapping, its subjects and its plausibility rules. Hex. */
export function mappingDigestOf(sources: SourceRegistry, source: string): string {
  const { subjects, plausibility, ...rest } = sources.sourceNamed(source);
  return sha256Hex(JSON.stringify([source, "mapping" in rest ? rest.mapping : null, subjects, plausibility]));
}
