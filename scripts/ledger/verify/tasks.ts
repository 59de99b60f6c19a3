import type { PersonScope } from "@xueshi/database";
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
}

/** A part of the work that one worker does by itself. */
export interface Task {
  readonly kind: "people";
  readonly scope: PersonScope;
}

export interface TaskResult {
  readonly people: number;
  readonly entries: number;
  readonly tally: Tally;
}
