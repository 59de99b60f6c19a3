import type { Sql } from "@xueshi/database";
import type { HashSuite, NameVariantPolicy, Sha256Hex } from "@xueshi/domain";
import type { SourceRegistry } from "@xueshi/platforms";
import type { ReadRules } from "../classification/rules-in-force.ts";

/** What every posting needs from outside; no module keeps any of it. */
export interface PostingContext {
  readonly sql: Sql;
  readonly clock: () => number;
  readonly newId: () => string;
  /** A number from 0 to below 1, by chance. */
  readonly chance: () => number;
  readonly suite: HashSuite;
  readonly sha256Hex: Sha256Hex;
  /** The rule sets in force now, for the routes of sources to platforms of record. */
  readonly rules: ReadRules;
  /** How each source says the subject. */
  readonly sources: SourceRegistry;
  /** What becomes of rows under another spelling of the known name. Default `hold`. */
  readonly nameVariants?: NameVariantPolicy;
  /** Public name of this service, kept as the actor of its entries. */
  readonly actor: string;
}
