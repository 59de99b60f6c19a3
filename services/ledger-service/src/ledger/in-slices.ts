import { setImmediate as nextTurn } from "node:timers/promises";

/** Records that are worked on at once: about a millisecond. */
const SLICE = 100;

/**
 * Gives items in slices, and between two of them whatever else waits in this process its turn: another batch, on whose next
 * statement the server could work meanwhile, or somebody's request.
 * @param recordsOf how many records an item stands for; default one
 */
export async function* inSlices<Item>(
  items: Iterable<Item>,
  recordsOf: (item: Item) => number = () => 1,
): AsyncGenerator<Item[]> {
  let slice: Item[] = [];
  let records = 0;
  for (const item of items) {
    if (records >= SLICE) {
      yield slice;
      slice = [];
      records = 0;
      await nextTurn();
    }
    slice.push(item);
    records += recordsOf(item);
  }
  if (slice.length > 0) yield slice;
}

/** Does something when what was asked for before it is on its way, where it concerns more records than a slice. */
export async function behindOthers(records: number, work: () => Promise<void>): Promise<void> {
  if (records > SLICE) await nextTurn();
  await work();
}
