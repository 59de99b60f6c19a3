import { copyChainLengths, type PersonScope, type Sql } from "@xueshi/database";
import type { PeopleTask } from "./tasks.ts";

/** Everybody who has entries, or some of them, in order of practitioner id; and the tasks that leave nobody out. */
export interface PeopleIndex {
  readonly ids: readonly string[];
  /** How many entries each has, and how many those before have together. */
  readonly lengths: Uint32Array;
  readonly starts: Float64Array;
  readonly entries: number;
  readonly tasks: readonly PeopleTask[];
}

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Where a task begins. */
interface Bound {
  readonly fromId: string;
  /** Of the people, counted from 0, and of all entries. */
  readonly at: number;
  readonly firstEntry: number;
}

/** Notes, person after person, where a task has its entries. */
class Bounds {
  readonly all: Bound[] = [{ fromId: FIRST_ID, at: 0, firstEntry: 0 }];
  people = 0;
  entries = 0;
  readonly #entriesPerTask: number;

  constructor(entriesPerTask: number) {
    this.#entriesPerTask = entriesPerTask;
  }

  add(practitionerId: string, entries: number): void {
    const begun = this.all.at(-1)?.firstEntry ?? 0;
    if (this.entries - begun >= this.#entriesPerTask) {
      this.all.push({ fromId: practitionerId, at: this.people, firstEntry: this.entries });
    }
    this.people += 1;
    this.entries += entries;
  }

  tasks(scopeOf: (bound: Bound, next: Bound | undefined) => PersonScope): PeopleTask[] {
    return this.all.map((bound, index) => ({
      ...{ kind: "people", firstEntry: bound.firstEntry },
      scope: scopeOf(bound, this.all[index + 1]),
    }));
  }
}

/** Whoever could be between two bounds, whether anything else is known of them or not. */
function rangeOf({ fromId }: Bound, next: Bound | undefined): PersonScope {
  return { fromId, beforeId: next?.fromId ?? null };
}

/**
 * @param some practitioner ids; null: everybody
 * @param entriesPerTask about how many entries the people of a task have together
 */
export async function readPeopleIndex(
  sql: Sql,
  some: readonly string[] | null,
  entriesPerTask: number,
): Promise<PeopleIndex> {
  const ids: string[] = [];
  const counts: number[] = [];
  const bounds = new Bounds(entriesPerTask);
  for await (const people of copyChainLengths(sql, some === null ? null : { ids: some })) {
    for (const { practitionerId, entries } of people) {
      ids.push(practitionerId);
      counts.push(entries);
      bounds.add(practitionerId, entries);
    }
  }
  const starts = new Float64Array(ids.length);
  for (let at = 1; at < ids.length; at += 1) starts[at] = (starts[at - 1] ?? 0) + (counts[at - 1] ?? 0);
  const idsOf = ({ at }: Bound, next: Bound | undefined) => ({ ids: ids.slice(at, next?.at ?? ids.length) });
  const { entries } = bounds;
  return {
    ids,
    lengths: Uint32Array.from(counts),
    starts,
    entries,
    tasks: bounds.tasks(some === null ? rangeOf : idsOf),
  };
}

/** Only the tasks, and how many entries there are: nothing is kept of anybody. */
export async function divideEverybody(
  sql: Sql,
  entriesPerTask: number,
): Promise<Pick<PeopleIndex, "entries" | "tasks">> {
  const bounds = new Bounds(entriesPerTask);
  for await (const people of copyChainLengths(sql)) {
    for (const { practitionerId, entries } of people) bounds.add(practitionerId, entries);
  }
  return { entries: bounds.entries, tasks: bounds.tasks(rangeOf) };
}
