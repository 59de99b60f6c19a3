import { copyChainLengths, type PersonRange, type Sql } from "@xueshi/database";

/** Everybody who has entries, in order of practitioner id; and the people in ranges that leave nobody out. */
export interface PeopleIndex {
  readonly ids: readonly string[];
  /** How many entries each has, and how many those before have together. */
  readonly lengths: Uint32Array;
  readonly starts: Float64Array;
  readonly entries: number;
  readonly ranges: readonly (PersonRange & { readonly firstEntry: number })[];
}

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** @param entriesPerRange about how many entries the people of a range have together */
export async function readPeopleIndex(sql: Sql, entriesPerRange: number): Promise<PeopleIndex> {
  const ids: string[] = [];
  const counts: number[] = [];
  for await (const people of copyChainLengths(sql)) {
    for (const { practitionerId, entries } of people) {
      ids.push(practitionerId);
      counts.push(entries);
    }
  }
  const starts = new Float64Array(ids.length);
  const bounds: { readonly id: string; readonly firstEntry: number }[] = [{ id: FIRST_ID, firstEntry: 0 }];
  let entries = 0;
  counts.forEach((count, at) => {
    starts[at] = entries;
    const begun = bounds.at(-1)?.firstEntry ?? 0;
    if (entries - begun >= entriesPerRange) bounds.push({ id: ids[at] ?? "", firstEntry: entries });
    entries += count;
  });
  const ranges = bounds.map(({ id, firstEntry }, at) => ({
    ...{ fromId: id, firstEntry },
    beforeId: bounds[at + 1]?.id ?? null,
  }));
  return { ids, lengths: Uint32Array.from(counts), starts, entries, ranges };
}
