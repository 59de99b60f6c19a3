import type { PersonScope } from "@xueshi/database";
import type { EntryMemoryBuffers } from "./entry-memory.ts";
import type { Tally } from "./tally.ts";

/** What every worker is given once. */
export interface WorkerSetup {
  readonly databaseUrl: string;
  /** The moment that all of them see. */
  readonly snapshotId: string;
  /** Findings that are kept of each task. */
  readonly limit: number;
  /** Records of which an operator decided that they count beside their duplicates. */
  readonly countsBesides: readonly string[];
  readonly memory: EntryMemoryBuffers;
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
  readonly tally: Tally;
  /** Hashes over full tiles, one after the other. */
  readonly above: Uint8Array;
}
