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
  for await (const people of copyChainLengths(sql, some === null ? null : { ids: some })) {
    for (const { practitionerId, entries } of people) {
      ids.push(practitionerId);
      counts.push(entries);
    }
  }
  const starts = new Float64Array(ids.length);
  const bounds: { readonly at: number; readonly firstEntry: number }[] = [{ at: 0, firstEntry: 0 }];
  let entries = 0;
  counts.forEach((count, at) => {
    starts[at] = entries;
    const begun = bounds.at(-1)?.firstEntry ?? 0;
    if (entries - begun >= entriesPerTask) bounds.push({ at, firstEntry: entries });
    entries += count;
  });
  const tasks = bounds.map(({ at, firstEntry }, index): PeopleTask => {
    const until = bounds[index + 1]?.at ?? null;
    const scope = some === null ? rangeOf(ids, at, until) : { ids: ids.slice(at, until ?? ids.length) };
    return { kind: "people", scope, firstEntry };
  });
  return { ids, lengths: Uint32Array.from(counts), starts, entries, tasks };
}

/** From one of the people, or from the first that there could be, on to before another. */
function rangeOf(ids: readonly string[], at: number, until: number | null): PersonScope {
  const beforeId = until === null ? null : (ids[until] ?? null);
  return { fromId: at === 0 ? FIRST_ID : (ids[at] ?? FIRST_ID), beforeId };
}
