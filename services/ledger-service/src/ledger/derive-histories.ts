import {
  classifyRecord,
  type DecisionInForce,
  deriveStandings,
  type KnownNames,
  type RecordHistory,
  type Standing,
  type StandingContext,
} from "@xueshi/domain";
import { lookUpSubjects, routeSources } from "../classification/find-subject.ts";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import type { PostingContext } from "./posting-context.ts";

/** What is known of the people and records of some histories. */
export interface KnownOfRecords {
  readonly knownNames: (practitionerId: string) => KnownNames | undefined;
  /** Whose the records of a person are: another's where an operator found the id to be wrong. */
  readonly ownerOf: (practitionerId: string) => string;
  readonly decisionOf: (recordKey: string) => DecisionInForce | null;
}

export type DeriveHistories = (histories: Iterable<RecordHistory>, known: KnownOfRecords) => Standing[];

/** Makes what derives how records should stand, before the same-achievement rule, by rules and course catalogues. */
export function createDerivation(
  rules: RulesInForce,
  catalogues: readonly { readonly platform: string; readonly entries: unknown }[],
  { sha256Hex, sources, nameVariants = "hold" }: Pick<PostingContext, "sha256Hex" | "sources" | "nameVariants">,
): DeriveHistories {
  const platformOf = routeSources(rules.ruleSets);
  const lookup = lookUpSubjects(catalogues, sources);
  return (histories, { knownNames, ownerOf, decisionOf }) => {
    const context: StandingContext = {
      ...{ knownNames, nameVariants, ownerOf },
      classify: (version, platform) =>
        classifyRecord(version, platform, lookup, decisionOf(version.recordKey), sha256Hex),
      platformOf: (version) => platformOf(version.source, version.obtainedOn),
    };
    return [...histories].flatMap((history) => deriveStandings(history, context));
  };
}
