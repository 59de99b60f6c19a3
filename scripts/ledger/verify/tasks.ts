import type { Involved, PersonScope, Unposted } from "@xueshi/database";
import type { DuplicateDecision, RuleSet } from "@xueshi/domain";
import type { EntryMemoryBuffers } from "./entry-memory.ts";
import type { PersonPart } from "./parts.ts";
import type { Tally } from "./tally.ts";

/** By what records are derived anew. */
export interface Derivation {
  readonly rules: { readonly ruleSets: readonly RuleSet[]; readonly activations: number };
  readonly nameVariants: "hold" | "accept";
  /** What is not posted yet may stand otherwise. */
  readonly unposted: Unposted;
  /** Of whom and of what more counts than the own rows. */
  readonly involved: Involved;
}

/** What every worker is given once. */
export interface WorkerSetup {
  readonly databaseUrl: string;
  /** The moment that all of them see. */
  readonly snapshotId: string;
  /** Findings that are kept of each task. */
  readonly limit: number;
  /** What is looked at of people. */
  readonly parts: readonly PersonPart[];
  /** Records of which an operator decided that they count beside their duplicates. */
  readonly countsBesides: readonly string[];
  /** What operators decided of duplicates, in force. */
  readonly duplicates: readonly DuplicateDecision[];
  /** Null: nobody asks for entries afterwards. */
  readonly memory: EntryMemoryBuffers | null;
  /** Null: records are not derived anew from what was admitted and decided. */
  readonly derivation: Derivation | null;
}

/** Everything about some people; `firstEntry` is the place of their first entry among all. */
export interface PeopleTask {
  readonly kind: "people";
  readonly scope: PersonScope;
  readonly firstEntry: number;
}

/** Tiles of the lowest level from one on to before another, of a feed of a size. */
export interface TilesTask {
  readonly kind: "tiles";
  readonly from: number;
  readonly until: number;
  readonly size: number;
}

/** A part of the work that one worker does by itself. */
export type Task = PeopleTask | TilesTask;

export interface TaskResult {
  readonly people: number;
  readonly entries: number;
  /** People who were erased. */
  readonly erased: number;
  readonly tally: Tally;
  /** Hashes over full tiles, one after the other. */
  readonly above: Uint8Array;
}
